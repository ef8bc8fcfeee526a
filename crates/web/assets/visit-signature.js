// A box to sign in with a finger, a pen or a mouse. The drawing has one size, whatever the screen, so that turning the phone loses nothing.
self.hemuSignature = (canvas, changed) => {
  const pen = canvas.getContext("2d");
  let last = null;
  let empty = true;

  const told = (nothing) => {
    empty = nothing;
    canvas.dataset.drawn = nothing ? "no" : "yes";
  };

  const clear = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#001529";
    last = null;
    told(true);
  };

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  };

  const draw = (to) => {
    pen.beginPath();
    pen.moveTo(...(last ?? to));
    pen.lineTo(...to);
    pen.stroke();
    last = to;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    draw(at(event));
    if (empty) changed();
    told(false);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last || !event.isPrimary) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) draw(at(part));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (last = null));
  clear();

  return {
    clear,
    isEmpty: () => empty,
    blob: () => new Promise((resolve) => canvas.toBlob(resolve, "image/png")),
    load: async (blob) => {
      pen.drawImage(await createImageBitmap(blob), 0, 0, canvas.width, canvas.height);
      told(false);
    },
  };
};
