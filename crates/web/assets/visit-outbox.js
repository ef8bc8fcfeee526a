// Records of visits that cannot be sent yet are kept on the phone, photos and signature with them, and sent later. Used by the pages and
// by their worker alike. Each record has a key: the office takes it once, however often it is sent, so sending again is always right.
// A record belongs to the account that made it, and is shown and sent for that account alone.
self.hemuOutbox = (() => {
  const open = () =>
    new Promise((resolve, reject) => {
      const asked = indexedDB.open("hemu-visits", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("kept", { keyPath: "key" });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });

  const work = async (mode, act) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction("kept", mode);
        const asked = act(transaction.objectStore("kept"));
        transaction.oncomplete = () => resolve(asked.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };

  const keep = (entry) => work("readwrite", (kept) => kept.put(entry));
  const find = (key) => work("readonly", (kept) => kept.get(key));
  const drop = (key) => work("readwrite", (kept) => kept.delete(key));
  const all = () => work("readonly", (kept) => kept.getAll());
  const list = async (account) =>
    (await all()).filter((one) => one.account === account).sort((a, b) => a.savedAt - b.savedAt);

  // Who is signed in, with a fresh token; null where nobody is. Fails where there is no signal.
  const session = async () => {
    const answer = await fetch("/api/v1/session", { cache: "no-store", headers: { Accept: "application/json" } });
    if (answer.status === 401) return null;
    if (!answer.ok) throw new Error(`session: ${answer.status}`);
    return answer.json();
  };

  const post = (entry, token) => {
    const form = new FormData();
    for (const [name, value] of entry.fields) form.append(name, value);
    entry.photos.forEach((photo, place) => form.append("photo", photo, `photo-${place + 1}`));
    if (entry.signature) form.append("signature", entry.signature, "signature.png");
    const headers = { "Accept-Language": entry.language, "X-CSRF-Token": token };
    return fetch(entry.to, { method: "POST", body: form, cache: "no-store", headers });
  };

  // What cannot be helped by waiting is told in the office's own sentence.
  const passes = (status, problem) =>
    status === 408 || status === 425 || status === 429 || status >= 500 || String(problem?.type).endsWith(":token");

  const judge = async (entry, answer) => {
    if (answer.status === 401) return { state: "sign_in" };
    const said = await answer.json().catch(() => null);
    if (answer.ok && said) {
      await drop(entry.key);
      return { state: "sent", breach: said.breach };
    }
    if (answer.ok || passes(answer.status, said)) return { state: "waiting" };
    const problem = [said?.detail ?? String(answer.status), ...(said?.missing ?? [])].join(" ");
    await keep({ ...entry, problem });
    return { state: "refused", problem };
  };

  const send = async (key) => {
    const entry = await find(key);
    if (!entry) return { state: "gone" };
    try {
      const who = await session();
      if (!who) return { state: "sign_in" };
      if (who.id !== entry.account) return { state: "other" };
      return await judge(entry, await post(entry, who.csrf_token));
    } catch {
      return { state: "waiting" };
    }
  };

  // One at a time, also between a page and the worker.
  const alone = (act) => (navigator.locks ? navigator.locks.request("hemu-visits", act) : act());
  const deliver = (key) => alone(() => send(key));

  // All that wait; what was refused waits for a person. Answers how the last one went.
  const deliverAll = async () => {
    let last = { state: "gone" };
    for (const entry of (await all()).filter((one) => !one.problem)) {
      last = await deliver(entry.key);
      if (last.state === "waiting" || last.state === "sign_in") break;
    }
    return last;
  };

  return { keep, find, drop, list, session, deliver, deliverAll };
})();
