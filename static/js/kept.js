// Forms that wait on this phone while there is no network: closed for the house, sent once when there is one.
// A form with data-stays stands on a page that is not left (static/js/tour.js): it always goes through the queue.
(() => {
  "use strict";
  const box = document.querySelector("[data-kept]");
  if (!box || !window.indexedDB) return;
  const text = box.dataset;
  const WECHAT = /MicroMessenger/i.test(navigator.userAgent);
  const DRAFT_DAYS = 14;
  // Few: when the line breaks, the house may have taken them all, and each is asked for again.
  const A_SENDING = { rows: 10, bytes: 1048576 };

  // ── the store: forms {id, url, page, label, who, at, box, said, taken}; page: "" where it cannot be put right, drafts {id, at, iv, data}, keys ──
  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("mingbai-days", 2);
    asked.onupgradeneeded = () => {
      const has = asked.result.objectStoreNames;
      if (!has.contains("forms")) asked.result.createObjectStore("forms", { keyPath: "id" });
      for (const name of ["drafts", "keys"]) asked.result.createObjectStore(name, { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  // Resolved when it is on the disk ("strict"), not when it was understood: the browser may be killed next.
  const store = async (name, mode, work) => {
    const db = await opened;
    return new Promise((resolve, reject) => {
      const act = db.transaction(name, mode, { durability: "strict" });
      const asked = work(act.objectStore(name));
      act.oncomplete = () => resolve(asked.result);
      act.onerror = act.onabort = () => reject(act.error);
    });
  };
  const rowsOf = async () => (await store("forms", "readonly", (forms) => forms.getAll())).sort((a, b) => a.at - b.at);
  const put = (row) => store("forms", "readwrite", (forms) => forms.put(row));
  const forget = (id) => store("forms", "readwrite", (forms) => forms.delete(id));
  const mine = (row) => (row.who ?? text.who) === text.who;
  // What was put right while its older form was on the way stays as it is: the answer was about the older one.
  const settle = (row, change) => store("forms", "readwrite", (forms) => {
    const now = forms.get(row.id);
    now.onsuccess = () => {
      if (!now.result || (now.result.turn ?? 0) !== (row.turn ?? 0)) return;
      if (change) forms.put({ ...now.result, ...change });
      else forms.delete(row.id);
    };
    return now;
  });
  const waits = (row) => mine(row) && row.taken !== true;

  // ── closing: what is kept cannot be read on this phone (mingbai/core/box.py opens it) ──
  const utf8 = new TextEncoder();
  const joined = (...parts) => {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => { whole.set(part, at); return at + part.length; }, 0);
    return whole;
  };
  const closed = async (bytes, name) => {
    const house = Uint8Array.from(atob(text.box), (sign) => sign.charCodeAt(0));
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const theirs = await crypto.subtle.importKey("raw", house, curve, false, []);
    const own = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
    const point = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
    const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
    const root = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const info = joined(utf8.encode("mingbai/box/1"), point, house);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info }, root, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8.encode(name) }, key, bytes);
    return new Blob([point, iv, cipher]);
  };
  const boxed = async (fields, url, who, name) => {
    const form = new FormData();
    fields.forEach(([field, value]) => form.append(field, value));
    const whole = new Response(form);
    const head = JSON.stringify({ url, who, type: whole.headers.get("Content-Type") });
    return closed(joined(utf8.encode(`${head}\n`), new Uint8Array(await whole.arrayBuffer())), name);
  };

  // ── what is shown ──
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
  const code = (id) => id.slice(0, 6).toUpperCase();
  const named = (row) => `${code(row.id)} ${new Date(row.at).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" })} ${row.label}`;
  const drop = (row) => button(row.taken ? text.seen : text.drop, async () => { await forget(row.id); show(); });
  const mend = (row) => button(text.mend, () => {
    const page = row.page ?? row.url, isHere = location.pathname === page;
    location.href = `${page}#kept=${row.id}`;
    if (isHere) location.reload();
  });
  const show = async (note = "", tone = "") => {
    const rows = await rowsOf();
    const waiting = rows.filter(waits), others = rows.filter((row) => !mine(row));
    const told = rows.filter((row) => mine(row) && row.taken && row.said);
    const parts = note ? [line(note)] : [];
    if (WECHAT) parts.push(line(text.wechat));
    else if (!crypto.subtle) parts.push(line(text.insecure));
    if (waiting.length) parts.push(line(`${waiting.length} ${text.waiting}`, button(text.again, () => send())));
    if (others.length) parts.push(line(`${others.length} ${text.others}`));
    waiting.filter((row) => row.said).forEach((row) => parts.push(line(`${named(row)}：${text.refused}${row.said}`, ...(row.page === "" ? [] : [mend(row)]), drop(row))));
    told.forEach((row) => parts.push(line(`${named(row)}：${row.said}`, drop(row))));
    box.dataset.tone = tone;
    box.hidden = !parts.length;
    box.replaceChildren(...parts);
  };

  // ── a draft of what is being written, under a key of this phone that cannot be taken out of it ──
  const draftKey = async () => {
    const known = await store("keys", "readonly", (keys) => keys.get("draft"));
    if (known) return known.key;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await store("keys", "readwrite", (keys) => keys.put({ id: "draft", key }));
    return key;
  };
  const draftId = `${text.who} ${location.pathname}`;
  const written = (form) => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");
  const saveDraft = async (form) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await draftKey(), utf8.encode(JSON.stringify(written(form))));
    await store("drafts", "readwrite", (drafts) => drafts.put({ id: draftId, at: Date.now(), iv, data }));
  };
  const dropDraft = () => store("drafts", "readwrite", (drafts) => drafts.delete(draftId));
  const readDraft = async () => {
    for (const old of await store("drafts", "readonly", (drafts) => drafts.getAll()))
      if (Date.now() - old.at > DRAFT_DAYS * 86400000) await store("drafts", "readwrite", (drafts) => drafts.delete(old.id));
    const row = await store("drafts", "readonly", (drafts) => drafts.get(draftId));
    if (!row) return null;
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, await draftKey(), row.data);
    return JSON.parse(new TextDecoder().decode(plain));
  };
  const fill = (form, fields, keepKey) => {
    for (const field of form.elements) if (field.type === "checkbox") field.checked = false;
    fields.filter(([name]) => keepKey || !["key", "at"].includes(name)).forEach(([name, value]) => {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`))
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else if (field.type !== "file") field.value = value;
    });
  };
  let typing = 0;
  const drafts = (form) => {
    const late = () => { clearTimeout(typing); typing = setTimeout(() => saveDraft(form).catch(() => {}), 400); };
    form.addEventListener("input", late);
    form.addEventListener("change", late);
  };

  // ── keep ──
  const key = (form) => form.querySelector("input[name=key]");
  const renew = (form) => {
    key(form).value = [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
  };
  const stays = (form) => form.dataset.stays !== undefined;
  let mending = null;
  const keep = async (form) => {
    clearTimeout(typing);
    const at = form.querySelector("input[name=at]");
    if (at && !mending) at.value = new Date().toISOString();
    const id = key(form).value;
    const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
    try {
      const url = new URL(form.action, location.href).pathname, page = stays(form) ? "" : location.pathname;
      const sealed = await boxed(fields, url, text.who, id);
      await put({ id, url, page, label: form.dataset.keeps, who: text.who, at: mending?.at ?? Date.now(), turn: (mending?.turn ?? 0) + 1, box: sealed, said: "" });
    } catch (error) {
      await show(text.full, "late");
      return false;
    }
    await dropDraft();
    mending = null;
    form.reset();
    renew(form);
    await show(`${text.stored} ${code(id)}`);
    document.dispatchEvent(new CustomEvent("mingbai:kept", { detail: form }));
    if (!stays(form)) box.scrollIntoView({ block: "start" });
    return true;
  };

  // ── send: some at once; an answer that is lost is asked for again, and nothing is taken twice ──
  const asked = { headers: { "X-Live": "1" } };
  const token = async () => {
    const answer = await fetch(text.token, { ...asked, cache: "no-store" });
    if (answer.redirected || !answer.ok) throw new Error("away");
    const said = await answer.json();
    if (said.who !== text.who) throw new Error("login");
    return said.token;
  };
  const sendings = (rows) => {
    const made = [];
    let size = Infinity;
    rows.forEach((row) => {
      if (size + row.box.size > A_SENDING.bytes || made.at(-1).length >= A_SENDING.rows) { made.push([]); size = 0; }
      made.at(-1).push(row);
      size += row.box.size;
    });
    return made;
  };
  const post = async (rows, csrf) => {
    const body = new FormData();
    rows.forEach((row) => body.append("box", row.box, row.id));
    const answer = await fetch(text.send, { method: "POST", body, headers: { "X-CSRFToken": csrf, "X-Live": "1" } });
    if (!answer.ok || answer.redirected) throw new Error("away");
    const told = (await answer.json()).rows;
    for (const row of rows) {
      const { taken = null, said = "" } = told[row.id] ?? {};
      if (taken && !said) await settle(row, null);
      else if (taken) await settle(row, { box: null, taken: true, said });
      else if (taken === false) await settle(row, { said });
    }
  };
  const close = async (row) => put({ ...row, fields: undefined, who: text.who, at: Date.now(), box: await boxed(row.fields, row.url, text.who, row.id) });
  let busy = false, again = false;
  const send = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      for (const row of await rowsOf()) if (row.fields && crypto.subtle) await close(row);
      const rows = (await rowsOf()).filter((row) => waits(row) && row.box);
      if (!rows.length) {
        document.dispatchEvent(new Event("mingbai:sent"));
        return await show();
      }
      const csrf = await token();
      for (const some of sendings(rows)) await post(some, csrf);
      const isOver = !(await rowsOf()).some(waits);
      await show(isOver ? text.sent : "", "ok");
      if (isOver) document.dispatchEvent(new Event("mingbai:sent"));
    } catch (error) {
      await show(error.message === "login" ? text.login : "");
    } finally {
      busy = false;
      if (again) { again = false; setTimeout(send, 0); }
    }
  };
  // A phone often believes it has a network when it has none: the house itself is asked before a form is let go.
  const reached = async () => {
    if (!navigator.onLine) return false;
    try { return (await fetch(text.token, { ...asked, cache: "no-store", signal: AbortSignal.timeout(5000) })).ok; }
    catch (error) { return false; }
  };
  let passing = false;
  const submitted = async (event) => {
    const form = event.target, { submitter } = event;
    if (passing || !form.matches("form[data-keeps]")) return;
    event.preventDefault();
    if (mending || stays(form)) { if (await keep(form)) send(); return; }
    if (await reached()) {
      clearTimeout(typing);
      if (submitter?.name !== "refresh") await dropDraft();
      passing = true;
      form.requestSubmit(submitter);
      passing = false;
    } else if (submitter?.name === "refresh") show(text.more);
    else if (WECHAT || !crypto.subtle) { if (crypto.subtle) await saveDraft(form); show(); }
    else await keep(form);
  };

  // ── a refused form is opened by the house and put right on its page ──
  const mendHere = async (form) => {
    const id = location.hash.match(/^#kept=([0-9a-f]{32})$/)?.[1];
    const row = id && (await rowsOf()).find((one) => one.id === id && one.box);
    if (!row) return false;
    const body = new FormData();
    body.append("box", row.box, row.id);
    const answer = await fetch(text.unbox, { method: "POST", body, headers: { "X-CSRFToken": await token(), Accept: "application/json" } });
    if (!answer.ok || answer.redirected) { show(text.login); return true; }
    const said = await answer.json();
    fill(form, said.fields, true);
    mending = row;
    await show(said.files ? text.files : "");
    return true;
  };

  // ── the pages themselves: kept with what draws them, as soon as one was seen ──
  const CACHE = "kept-1";
  const FRESH_HOURS = 6;
  const keepPage = async (address) => {
    const kept = await caches.open(CACHE);
    const known = await kept.match(address, { ignoreVary: true });
    const isYoung = known && Date.now() - Date.parse(known.headers.get("Date")) < FRESH_HOURS * 3600000;
    if (isYoung && (await known.clone().text()).includes(`data-who="${text.who}"`)) return;
    const answer = await fetch(address, { headers: { "X-Live": "1" } });
    if (!answer.ok || answer.redirected || !answer.headers.get("X-Keep-Page")) return;
    const page = new DOMParser().parseFromString(await answer.clone().text(), "text/html");
    const parts = [...page.querySelectorAll("link[href],script[src],use[href],img[src]")]
      .map((part) => new URL(part.getAttribute("href") || part.getAttribute("src"), location.href))
      .filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"))
      .map((url) => url.pathname + url.search);
    for (const part of new Set(parts)) if (!(await kept.match(part, { ignoreVary: true }))) await kept.add(part);
    await kept.put(address, answer);
  };
  const keepPages = async () => {
    if (!navigator.serviceWorker || !window.caches || WECHAT) return;
    await navigator.serviceWorker.register(text.worker, { scope: text.scope });
    for (const old of await navigator.serviceWorker.getRegistrations())
      if (new URL(old.scope).pathname === "/desk/days/") await old.unregister();
    navigator.storage?.persist?.();
    const here = document.querySelector("form[data-empty]") && !location.search ? [location.pathname] : [];
    for (const address of new Set([...here, ...text.keep.split(" ").filter(Boolean)])) await keepPage(address).catch(() => {});
    box.dataset.ready = "1";
  };

  const begin = async () => {
    for (const form of document.querySelectorAll("form[data-keeps]")) {
      if (!form.hasAttribute("data-empty")) continue;
      // An empty form may come out of this phone's own store, again and again with one and the same key.
      renew(form);
      if (!crypto.subtle) continue;
      drafts(form);
      if (await mendHere(form).catch(() => false)) continue;
      const draft = await readDraft().catch(() => null);
      if (!draft) continue;
      fill(form, draft, false);
      await show(text.draft);
    }
  };
  document.addEventListener("submit", submitted);
  window.mingbaiQueue = { send, renew };
  // The network is often announced a moment before it carries anything.
  window.addEventListener("online", () => { send(); setTimeout(send, 3000); });
  setInterval(send, 30000);
  begin().then(send);
  keepPages().catch(() => {});
})();
