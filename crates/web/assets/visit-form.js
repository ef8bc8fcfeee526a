// The form of a visit: photos made smaller, a signature by finger, put by on the phone and then sent. Opened with the key of a record that
// waits (?kept=…), it is filled as it was, to be mended.
(() => {
  const form = document.getElementById("visit-form");
  if (!form || !self.hemuVisits) return;
  const { account, home, outbox, clock, say, show, byId, tell, render, later } = self.hemuVisits;
  const MOST_PHOTOS = Number(form.dataset.mostPhotos);
  const WIDEST_PX = 1600;
  const SMALL_BYTES = 1_000_000;
  const photos = [];
  const pad = self.hemuSignature(byId("signature-pad"), () => (byId("signing-signed").checked = true));

  const newKey = () =>
    crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // A photo of a camera has ten times what is needed to see what it shows, and says where it was taken; a smaller one says neither.
  const smaller = async (file) => {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, WIDEST_PX / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size <= SMALL_BYTES) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
    } catch {
      return file;
    }
  };

  const thumb = async (photo, place) => {
    const line = byId("photo-row").content.firstElementChild.cloneNode(true);
    line.querySelector("button").addEventListener("click", () => {
      photos.splice(place, 1);
      thumbs();
    });
    const canvas = line.querySelector("canvas");
    createImageBitmap(photo)
      .then((picture) => canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height))
      .catch(() => {});
    return line;
  };
  const thumbs = async () => byId("photo-list").replaceChildren(...(await Promise.all(photos.map(thumb))));

  byId("photo").addEventListener("change", async ({ target }) => {
    const room = MOST_PHOTOS - photos.length;
    for (const file of [...target.files].slice(0, room)) photos.push(await smaller(file));
    if (target.files.length > room) show(byId("visit-problem"), say("manyphotos", { n: MOST_PHOTOS }));
    target.value = "";
    await thumbs();
  });

  byId("signature-clear").addEventListener("click", () => {
    pad.clear();
    byId("signing-not_asked").checked = true;
  });

  const fill = async (entry) => {
    for (const [name, value] of entry.fields) {
      for (const field of form.elements) {
        if (field.name !== name || field.type === "file") continue;
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else field.value = value;
      }
    }
    photos.push(...entry.photos);
    if (entry.signature) await pad.load(entry.signature);
    if (entry.problem) show(byId("visit-problem"), entry.problem);
    await thumbs();
  };

  const begin = async () => {
    const kept = new URLSearchParams(location.search).get("kept");
    const entry = kept ? await outbox.find(kept) : null;
    if (entry?.account === account) return fill(entry);
    byId("key").value = newKey();
    const now = clock.now();
    if (now) [byId("visited_on").value, byId("at").value] = [now.slice(0, 10), now.slice(11, 16)];
  };

  const read = async () => {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrf");
    const signed = byId("signing-signed").checked;
    return {
      key: byId("key").value,
      account,
      to: form.dataset.api,
      language: document.documentElement.lang,
      page: location.pathname,
      unit: form.dataset.unit,
      visited: `${byId("visited_on").value} ${byId("at").value}`,
      savedAt: Date.now(),
      fields,
      photos: [...photos],
      signature: signed ? await pad.blob() : null,
      problem: null,
    };
  };

  const refuse = (sentence) => {
    show(byId("visit-problem"), sentence);
    byId("visit-problem").scrollIntoView({ block: "center", behavior: "instant" });
  };

  const submit = async () => {
    if (byId("signing-signed").checked && pad.isEmpty()) return refuse(say("unsigned"));
    const entry = await read();
    await outbox.keep(entry);
    const result = await outbox.deliver(entry.key);
    if (result.state === "sent" || result.state === "gone") {
      await render();
      return location.assign(`${home}?done=${result.breach ? "recorded_over" : "recorded"}`);
    }
    await render();
    if (result.state === "refused") return refuse(result.problem);
    tell(result);
    form.hidden = true;
    byId("visit-back").hidden = false;
    await later();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    byId("visit-problem").hidden = true;
    byId("save-visit").disabled = true;
    try {
      await submit();
    } catch {
      // Nothing can be kept here (a private window, a full phone): it is sent as a plain form.
      form.submit();
    }
    byId("save-visit").disabled = false;
  });
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  begin().catch(() => {});
})();
