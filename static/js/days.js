// Forms that wait on this phone while there is no network (service days, home visits), and a plan that can be dragged.
(() => {
  "use strict";
  const box = document.querySelector("[data-kept]");
  if (!box || !window.indexedDB) return;
  const text = box.dataset;

  // ── what waits: one row per form {id, url, label, fields: [[name, value|File]…], said} ──
  // Where a page has a key for it (static/js/tour.js) the fields are sealed: {iv, data}, and is_sealed is true.
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("mingbai-days", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("forms", { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const store = async (mode, work) => {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const asked = work(db.transaction("forms", mode).objectStore("forms"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  const waiting = () => store("readonly", (forms) => forms.getAll());
  const put = (row) => store("readwrite", (forms) => forms.put(row));
  const forget = (id) => store("readwrite", (forms) => forms.delete(id));

  const button = (label, act) => {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "btn", textContent: label });
    made.addEventListener("click", act);
    return made;
  };
  const line = (words, ...more) => {
    const made = document.createElement("p");
    made.append(words, " ", ...more);
    return made;
  };
  const show = async (note = "", tone = "") => {
    const rows = await waiting();
    box.dataset.tone = tone;
    box.hidden = !rows.length && !note;
    const parts = note ? [line(note)] : [];
    if (rows.length) parts.push(line(`${rows.length} ${text.waiting}`, button(text.again, () => send())));
    rows.filter((row) => row.said).forEach((row) => parts.push(line(
      `${row.label}：${text.refused}${row.said}`, button(text.drop, async () => { await forget(row.id); show(); }))));
    box.replaceChildren(...parts);
  };

  // ── keep and send ──
  const renew = (form) => {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    form.querySelector("input[name=key]").value = bytes.map((one) => one.toString(16).padStart(2, "0")).join("");
  };
  // An empty form may come out of this phone's own store, again and again with one and the same key.
  document.querySelectorAll("form[data-empty]").forEach(renew);
  const keep = async (form) => {
    const at = form.querySelector("input[name=at]");
    if (at) at.value = new Date().toISOString();
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    const row = { id: form.querySelector("input[name=key]").value, url: new URL(form.action).pathname, label: form.dataset.keeps, said: "" };
    const seals = window.mingbaiSeal;
    await put(seals ? { ...row, is_sealed: true, fields: await seals.seal(fields) } : { ...row, fields });
    form.reset();
    renew(form);
    await show(text.stored);
    document.dispatchEvent(new CustomEvent("mingbai:kept", { detail: form }));
    if (form.dataset.stays === undefined) box.scrollIntoView({ block: "start" });
  };
  const token = async () => {
    const answer = await fetch(text.token, { headers: { "X-Live": "1" } });
    if (answer.redirected || !answer.ok) throw new Error("login");
    return (await answer.json()).token;
  };
  const post = async (row, csrf) => {
    const body = new FormData();
    const fields = row.is_sealed ? await window.mingbaiSeal?.unseal(row.fields) : row.fields;
    if (!fields) return;  // its key is not here: it waits on
    fields.forEach(([name, value]) => body.append(name, value));
    const answer = await fetch(row.url, { method: "POST", body, headers: { "X-CSRFToken": csrf, "X-Kept": "1" } });
    if (answer.status === 422) await put({ ...row, said: (await answer.json()).said });
    else if (answer.ok && !answer.redirected) await forget(row.id);
    else await put({ ...row, said: String(answer.status) });
  };
  let busy = false;
  const send = async () => {
    const rows = await waiting();
    if (busy || !rows.length) return show();
    busy = true;
    try {
      const csrf = await token();
      for (const row of rows) await post(row, csrf);
      const left = await waiting();
      await show(left.some((row) => row.is_sealed) && !window.mingbaiSeal?.isOpen ? text.locked : left.length ? "" : text.sent, "ok");
      if (!left.length) document.dispatchEvent(new Event("mingbai:sent"));
    } catch (error) {
      await show(error.message === "login" ? text.login : "");
    } finally { busy = false; }
  };
  // A phone often believes it has a network when it has none: the house itself is asked before a form is let go.
  const reached = async () => {
    if (!navigator.onLine) return false;
    try { return Boolean(await fetch(text.token, { headers: { "X-Live": "1" }, signal: AbortSignal.timeout(5000) })); }
    catch (error) { return false; }
  };
  let passing = false;
  document.addEventListener("submit", async (event) => {
    const { submitter, target: form } = event;
    if (passing || !form.matches("form[data-keeps]")) return;
    event.preventDefault();
    if (form.dataset.stays !== undefined) {  // a page that is not left: everything goes through the queue
      await keep(form);
      send();
    } else if (await reached()) {
      passing = true;
      form.requestSubmit(submitter);
      passing = false;
    } else if (submitter?.name === "refresh") show(text.more);
    else keep(form);
  });
  window.mingbaiQueue = { send, renew, sealed: async () => (await waiting()).some((row) => row.is_sealed) };
  window.addEventListener("online", send);
  setInterval(send, 30000);
  send();

  // The forms themselves open without a network; nothing else of the house is kept.
  if (navigator.serviceWorker) navigator.serviceWorker.register(text.worker).catch(() => {});
})();

// The plan board: a day onto another date or place, a person onto another day. The menu does the same.
(() => {
  "use strict";
  const form = document.getElementById("drag");
  if (!form) return;
  let held = null;
  const submit = (values) => {
    Object.entries(values).forEach(([name, value]) => {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    });
    form.submit();
  };
  document.addEventListener("dragstart", (event) => {
    const day = event.target.closest?.("[data-day][draggable]");
    const person = event.target.closest?.("[data-person]");
    held = day ? { day: day.dataset.day } : person ? { worker: person.dataset.person, from: person.dataset.from } : null;
    if (held) event.dataTransfer.setData("text/plain", JSON.stringify(held));
  });
  const target = (event) => (!held ? null : event.target.closest?.(held.day ? ".y-grid td[data-on]" : "[data-drop-day]"));
  const mark = (on) => {
    document.querySelectorAll(".is-over").forEach((one) => one.classList.remove("is-over"));
    if (on) on.classList.add("is-over");
  };
  document.addEventListener("dragover", (event) => { const over = target(event); mark(over); if (over) event.preventDefault(); });
  document.addEventListener("dragend", () => { mark(null); held = null; });
  document.addEventListener("drop", (event) => {
    const over = target(event);
    if (!over) return;
    event.preventDefault();
    if (held.day) submit({ do: "move", day: held.day, on: over.dataset.on, region: over.dataset.region });
    else if (over.dataset.dropDay !== held.from) submit({ do: "person", worker: held.worker, from: held.from, to: over.dataset.dropDay });
    held = null;
  });
})();
