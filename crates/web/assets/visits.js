// The visits pages where scripts run: the list keeps itself and its forms ready for a basement without signal, and shows what waits on this
// phone; a form is put by first and sent then, so that nothing typed, photographed or signed is ever lost. Without scripts the forms are
// plain ones. All words stand in the page.
(() => {
  const words = document.getElementById("visit-words");
  if (!words || !window.indexedDB) return;
  const { account, home } = words.dataset;
  const outbox = self.hemuOutbox;
  const mine = `hemu-visits-${account}`;
  const byId = (id) => document.getElementById(id);
  const say = (name, values = {}) =>
    words.dataset[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const show = (element, text) => {
    element.hidden = false;
    element.textContent = text;
  };

  // Local time by the office's clock, whatever the phone's says: milliseconds between them, learned when the list was last fetched.
  const clock = {
    learn: (now) => localStorage.setItem("hemu-clock", String(Date.parse(`${now}Z`) - Date.now())),
    now: () => {
      const ahead = localStorage.getItem("hemu-clock");
      return ahead === null ? null : new Date(Date.now() + Number(ahead)).toISOString();
    },
  };

  const pathOf = (address) => new URL(address, location.origin).pathname;

  // Keeps the list, its forms and what they are made of; what is not among them any more goes.
  const prepare = async () => {
    if (!navigator.serviceWorker || !window.caches) return;
    await navigator.serviceWorker.register("/visits-worker.js", { scope: home });
    const answer = await fetch(home, { cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const list = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
    const told = list.getElementById("visit-words")?.dataset;
    if (told?.account !== account) return;
    clock.learn(told.now);
    for (const name of await caches.keys()) if (name.startsWith("hemu-visits-") && name !== mine) await caches.delete(name);
    const cache = await caches.open(mine);
    await cache.put(home, answer);
    const forms = [...list.querySelectorAll("a[data-visit]")].map((link) => pathOf(link.getAttribute("href")));
    const parts = [...list.querySelectorAll("link[rel=stylesheet], script[src], use")].map((part) =>
      pathOf(part.getAttribute("href") ?? part.getAttribute("src")),
    );
    const wanted = new Set([home, ...forms, ...parts]);
    for (const old of await cache.keys()) if (!wanted.has(pathOf(old.url))) await cache.delete(old);
    for (const path of new Set(parts)) if (!(await cache.match(path))) await keepIn(cache, path);
    for (const path of new Set(forms)) await keepIn(cache, path);
    words.dataset.ready = "yes";
    if (forms.length > 0) show(byId("visit-ready"), say("prepared", { n: new Set(forms).size }));
  };

  const keepIn = async (cache, path) => {
    const answer = await fetch(path, { cache: path.startsWith("/assets/") ? "default" : "no-store" });
    if (answer.ok && !answer.redirected) await cache.put(path, answer);
  };

  // What waits on this phone: its number in the head of the page, and a line for each on the list.
  const render = async () => {
    const kept = await outbox.list(account);
    const count = byId("kept-count");
    count.hidden = kept.length === 0;
    count.textContent = say("count", { n: kept.length });
    localStorage.setItem("hemu-kept", JSON.stringify({ account, home, n: kept.length }));
    const list = byId("kept-list");
    if (!list) return;
    byId("kept").hidden = kept.length === 0;
    list.replaceChildren(...kept.map(row));
  };

  const row = (entry) => {
    const line = byId("kept-row").content.firstElementChild.cloneNode(true);
    const part = (name) => line.querySelector(`[data-part=${name}]`);
    part("unit").textContent = entry.unit;
    part("unit").href = `${entry.page}?kept=${encodeURIComponent(entry.key)}`;
    part("when").textContent = entry.visited;
    part("state").textContent = entry.problem ? say("refused") : say("waiting");
    part("problem").textContent = entry.problem ?? "";
    part("send").addEventListener("click", async () => {
      part("send").disabled = true;
      tell(await outbox.deliver(entry.key));
      await render();
    });
    part("drop").addEventListener("click", async () => {
      if (!confirm(say("drop", { unit: entry.unit, when: entry.visited }))) return;
      await outbox.drop(entry.key);
      await render();
    });
    return line;
  };

  const tell = ({ state }) => {
    const told = byId("visit-told");
    byId("visit-login").hidden = state !== "sign_in";
    const sentence = { sent: "sent", gone: "sent", waiting: "kept", sign_in: "login", other: "other", refused: "refusedlong" }[state];
    show(told, say(sentence));
  };

  const deliverAll = async () => {
    const waiting = (await outbox.list(account)).filter((entry) => !entry.problem).length;
    if (waiting > 0) tell(await outbox.deliverAll());
    await render();
  };

  // Whether there is signal, and whether whoever is signed in is who this page was kept for.
  const look = async () => {
    try {
      const who = await outbox.session();
      byId("visit-offline").hidden = true;
      if (!who) return tell({ state: "sign_in" });
      if (who.id === account) return await deliverAll();
      await caches.delete(mine);
      location.reload();
    } catch {
      show(byId("visit-offline"), say("offline", { now: words.dataset.now.replace("T", " ") }));
      await render();
    }
  };

  const later = async () => {
    const registration = await navigator.serviceWorker?.getRegistration(home);
    await registration?.sync?.register("hemu-visits").catch(() => {});
  };

  addEventListener("online", look);
  navigator.serviceWorker?.addEventListener("message", render);
  self.hemuVisits = { account, home, outbox, clock, say, show, byId, tell, render, later };
  render().then(look).then(() => (byId("kept-list") ? prepare() : null)).catch(() => {});
})();
