// What the frame of every page does where scripts run. Its menus are <details>, which open and close without scripts; this closes them as
// people expect it: by Escape, or by a click elsewhere.
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

  // Pages of visits that were kept on this phone go with the session. What waits to be sent stays, for its own account.
  const forget = async () => {
    if (!window.caches) return;
    for (const name of await caches.keys()) if (name.startsWith("hemu-visits-")) await caches.delete(name);
  };
  if (document.querySelector("form[action='/login']")) forget().catch(() => {});
  document.querySelector("form[action='/logout']")?.addEventListener("submit", (event) => {
    event.preventDefault();
    forget().catch(() => {}).finally(() => event.target.submit());
  });

  // Records of visits that wait on this phone show on every page; the pages of visits say more of them.
  const waiting = document.getElementById("kept-visits");
  const kept = JSON.parse(localStorage.getItem("hemu-kept") ?? "null");
  if (waiting && kept?.n > 0 && kept.account === waiting.dataset.account && !document.getElementById("kept-count")) {
    waiting.textContent = `${waiting.dataset.text} ${kept.n}`;
    waiting.href = kept.home;
    waiting.hidden = false;
  }
})();
