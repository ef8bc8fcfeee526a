// The cash desk by keyboard: the up key leads from the amount to the oldest line, arrow keys go from line to line, ticking sets the
// amount, Enter leads back to it; the change is shown while one types.
// Without scripts everything works the same: the amount is typed, and the change stands on the receipt.
(() => {
  const form = document.getElementById("take");
  const amount = document.getElementById("amount");
  if (!form || !amount) return;
  const lines = [...form.querySelectorAll("input[name=for]")];
  const others = [...form.querySelectorAll("input[name=with]")];
  const whole = amount.value;
  const fen = (text) => {
    const parts = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text.replace(/[,，\s]/g, ""));
    return parts ? Number(parts[1]) * 100 + Number((parts[2] || "").padEnd(2, "0")) : null;
  };
  const yuan = (number) => `${Math.trunc(number / 100)}.${String(number % 100).padStart(2, "0")}`;
  const value = (name) => {
    const field = form.elements.namedItem(name);
    return (field && fen(field.value)) || 0;
  };
  const sum = () => {
    const ticked = (boxes) => boxes.filter((one) => one.checked);
    const of = (boxes) => ticked(boxes).reduce((all, one) => all + Number(one.dataset.fen), 0);
    const own = ticked(lines).length ? of(lines) : fen(whole) || 0;
    amount.value = ticked(lines).length || ticked(others).length ? yuan(own + of(others)) : whole;
    show();
  };
  const show = () => {
    const change = document.getElementById("change");
    const handed = fen(form.elements.namedItem("handed").value);
    const others = ["2", "3"].filter((one) => form.elements.namedItem(`method_${one}`).value !== "cash");
    const cash = value("amount") - others.reduce((all, one) => all + value(`amount_${one}`), 0);
    change.textContent = handed !== null && handed >= cash ? yuan(handed - cash) : "";
  };
  amount.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowUp" || !lines.length) return;
    event.preventDefault();
    lines[0].focus();
  });
  for (const line of [...lines, ...others]) line.addEventListener("change", sum);
  form.addEventListener("input", show);
  form.addEventListener("keydown", (event) => {
    const place = lines.indexOf(event.target);
    if (place < 0) return;
    if (event.key === "Enter") {
      event.preventDefault();
      amount.focus();
      amount.select();
    }
    const next = { ArrowDown: place + 1, ArrowUp: place - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    (lines[next] || amount).focus();
  });
})();
