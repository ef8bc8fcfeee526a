// Menus of the frame are <details>, which open and close without scripts; this closes them as people expect it: by Escape, or by a
// click elsewhere.
(() => {
  const open = () => document.querySelectorAll("details.hemu-drop[open]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
})();
