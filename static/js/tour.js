// The tour of home visits on a phone: encrypted with a key made of a PIN, opened without a network, wiped afterwards.
// The forms of its homes go into the one queue (static/js/kept.js), which only the house can open.
(() => {
  "use strict";
  const box = document.getElementById("tour");
  if (!box || !window.indexedDB) return;
  const text = box.dataset;
  const [said, pin, choice, open] = ["said", "pin", "choice", "open"].map((one) => document.getElementById(`tour-${one}`));
  const ROUNDS = 600000, MOST_WRONG = 5;

  const tell = (words) => { said.textContent = words; said.hidden = !words; };
  if (!window.crypto?.subtle) { tell(text.insecure); return; }

  // ── one row: {id, salt, on, check, iv, data, wrong} ──
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("mingbai-tour", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("tour", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const store = async (mode, work) => {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const asked = work(db.transaction("tour", mode).objectStore("tour"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  const read = () => store("readonly", (rows) => rows.get("tour"));
  const write = (row) => store("readwrite", (rows) => rows.put({ ...row, id: "tour" }));
  const erase = () => store("readwrite", (rows) => rows.delete("tour"));

  // ── the key, made of PIN and salt, in memory alone ──
  let key = null, pack = null;
  const keyOf = async (digits, salt) => {
    const raw = await crypto.subtle.importKey("raw", new TextEncoder().encode(digits), "PBKDF2", false, ["deriveKey"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
    return crypto.subtle.deriveKey(how, raw, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  };
  const seal = async (value, by = key) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, by, new TextEncoder().encode(JSON.stringify(value)));
    return { iv, data };
  };
  const unseal = async ({ iv, data }, by = key) =>
    JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, by, data)));

  const today = () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };
  const wipe = async (words) => {
    await erase();
    key = pack = null;
    open.hidden = true;
    document.getElementById("tour-stops").replaceChildren();
    tell(words);
  };

  // ── choosing: which tours there are today; the PIN is set when one is taken along ──
  let wanted = null;
  const offer = async () => {
    let tours;
    try {
      const answer = await fetch(text.today, { headers: { "X-Live": "1" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) throw new Error();
      ({ tours } = await answer.json());
    } catch { tell(said.textContent || text.nonet); return; }
    if (!tours.length) { if (said.hidden) tell(text.none); return; }
    choice.replaceChildren(...tours.map((tour) => {
      const item = document.createElement("li"), words = document.createElement("span"), take = document.createElement("button");
      words.textContent = `${tour.who} ${tour.homes} ${text.homes}`;
      Object.assign(take, { type: "button", className: "btn btn-line", textContent: text.take });
      take.setAttribute("aria-label", `${text.take} ${tour.who}`);
      take.addEventListener("click", () => { wanted = tour; pin.hidden = false; pin.elements.pin.focus(); });
      item.append(words, take);
      return item;
    }));
    choice.hidden = false;
  };
  const fetched = async (tour) => {
    const given = await fetch(text.token, { headers: { "X-Live": "1" } });
    const { token } = await given.json();
    const url = text.pack.replace("/0/", `/${tour.pk}/`).replace("DAY", tour.on);
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    return answer.json();
  };
  const taken = async (digits) => {
    const salt = crypto.getRandomValues(new Uint8Array(16)), made = await keyOf(digits, salt);
    const found = await fetched(wanted);
    key = made;
    pack = { ...found, done: {} };
    await write({ salt, on: found.on, check: await seal("ok"), wrong: 0, ...await seal(pack) });
  };
  const unlocked = async (digits, row) => {
    const made = await keyOf(digits, row.salt);
    await unseal(row.check, made);
    key = made;
    pack = await unseal(row);
    await write({ ...row, wrong: 0 });
  };
  const wrong = async (row) => {
    const count = (row?.wrong || 0) + 1;
    if (row) await write({ ...row, wrong: count });
    if (count < MOST_WRONG) return tell(text.wrong);
    await erase();
    pin.hidden = true;
    tell(text.gone);
  };
  pin.addEventListener("submit", async (event) => {
    event.preventDefault();
    const digits = pin.elements.pin.value, row = await read();
    if (!/^\d{6}$/.test(digits)) { tell(text.badpin); return; }
    pin.elements.pin.value = "";
    const button = pin.querySelector("button");
    button.disabled = true;  // one try at a time, or tries would not be counted
    try {
      if (wanted) await taken(digits); else await unlocked(digits, row);
    } catch (error) {
      if (error.name === "OperationError") await wrong(row); else tell(text.failed);
      return;
    } finally { button.disabled = false; }
    wanted = null;
    pin.hidden = choice.hidden = true;
    tell("");
    if (pack) draw();
    window.mingbaiQueue?.send();
  });

  // ── the homes ──
  const draw = () => {
    document.getElementById("tour-title").textContent = `${pack.who} ${pack.on_words}`;
    const shape = document.getElementById("tour-stop").content;
    document.getElementById("tour-stops").replaceChildren(...pack.stops.map((stop, n) => {
      const item = shape.cloneNode(true), put = (name, value) =>
        item.querySelectorAll(`[data-is=${name}]`).forEach((one) => { one.textContent = value; });
      const label = text.home.replace("N", n + 1);
      put("arrives", `${label} ${stop.arrives}`);
      put("promised", stop.promised);
      put("name", stop.name);
      put("who", ` ${label}`);
      put("place", stop.place);
      put("text", stop.text);
      const phone = item.querySelector("[data-is=phone]");
      if (stop.phone) { phone.textContent = stop.phone; phone.href = `tel:${stop.phone}`; } else phone.remove();
      const state = item.querySelector("[data-is=state]");
      if (pack.done[stop.pk]) { state.textContent = text.done; state.hidden = false; item.querySelectorAll("details").forEach((one) => one.remove()); }
      ["served", "missed"].forEach((name) => {
        const form = item.querySelector(`[data-is=${name}]`);
        if (!form) return;
        form.action = text[name].replace("/0/", `/${stop.pk}/`);
        form.dataset.keeps = label;
        form.dataset.stop = stop.pk;
        window.mingbaiQueue?.renew(form);
      });
      const line = item.querySelector("[name=line]");
      if (line && stop.line) line.value = stop.line;
      return item;
    }));
    open.hidden = false;
  };
  // One after another: what is being wiped must not be written back by what was noted just before.
  let turn = Promise.resolve();
  const inTurn = (act) => { turn = turn.then(act, act); };
  document.addEventListener("mingbai:kept", ({ detail }) => inTurn(async () => {
    const { stop } = detail.dataset;
    if (!stop || !pack) return;
    pack.done[stop] = true;
    const row = await read();
    if (row) await write({ ...row, ...await seal(pack) });
    draw();
  }));
  document.addEventListener("mingbai:sent", () => inTurn(async () => {
    if (pack && pack.stops.every((stop) => pack.done[stop.pk])) await wipe(text.over);
  }));
  document.getElementById("tour-wipe").addEventListener("click", () => wipe(""));

  (async () => {
    let row = await read();
    if (row && row.on !== today()) { await wipe(text.old); row = null; }
    if (row) pin.hidden = false; else offer();
  })();
})();
