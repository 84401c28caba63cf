// Forms: a draft that survives a lost connection, chosen files by name, look-ups that wait for enough digits.
(() => {
  "use strict";

  // <form data-draft="ask">: what is typed stays on this device until it is sent (never files, never hidden fields).
  const fieldsOf = (form) => [...form.elements].filter((field) =>
    field.name && !["hidden", "file", "password", "submit", "button"].includes(field.type));
  const restore = (form, key) => {
    const kept = JSON.parse(sessionStorage.getItem(key) || "null");
    if (!kept || form.querySelector("[data-focus]")) return;
    fieldsOf(form).forEach((field) => {
      if (!(field.name in kept)) return;
      if (field.type === "radio" || field.type === "checkbox") field.checked = kept[field.name].includes(field.value);
      else if (!field.value) field.value = kept[field.name][0];
    });
  };
  const keep = (form, key) => {
    const kept = {};
    fieldsOf(form).forEach((field) => {
      if ((field.type === "radio" || field.type === "checkbox") && !field.checked) return;
      (kept[field.name] ||= []).push(field.value);
    });
    sessionStorage.setItem(key, JSON.stringify(kept));
    const word = form.querySelector("[data-draft-saved]");
    if (word) word.textContent = `${new Date().toTimeString().slice(0, 5)} ${word.dataset.draftSaved}`;
  };
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const key = `draft:${form.dataset.draft}`;
    let timer = 0;
    restore(form, key);
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => keep(form, key), 600); });
  });
  // The page that shows the number says so: <main data-draft-done="ask">.
  document.querySelectorAll("[data-draft-done]").forEach((page) => sessionStorage.removeItem(`draft:${page.dataset.draftDone}`));

  // Chosen files are named; files may be dropped anywhere on the frame.
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  const listFiles = (drop) => {
    const files = [...drop.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    drop.querySelector(".c-drop__names").replaceChildren(...files.map((file) => {
      const row = document.createElement("li");
      row.textContent = `${file.name}（${size(file.size)}）`;
      return row;
    }));
  };
  const dropOf = (event) => event.target.closest?.("[data-drop]");
  document.addEventListener("change", (event) => { if (dropOf(event)) listFiles(dropOf(event)); });
  document.addEventListener("dragover", (event) => {
    if (!dropOf(event)) return;
    event.preventDefault();
    dropOf(event).classList.add("c-drop--over");
  });
  document.addEventListener("dragleave", (event) => dropOf(event)?.classList.remove("c-drop--over"));
  document.addEventListener("drop", (event) => {
    const drop = dropOf(event);
    if (!drop) return;
    event.preventDefault();
    drop.classList.remove("c-drop--over");
    drop.querySelector("input[multiple]").files = event.dataTransfer.files;
    listFiles(drop);
  });

  // <input data-min="7" hx-get=…>: no request until enough digits are typed (hx-trigger filters would need eval).
  document.addEventListener("htmx:beforeRequest", (event) => {
    const field = event.target;
    if (field.dataset?.min && field.value.replace(/\D/g, "").length < Number(field.dataset.min)) event.preventDefault();
  });
})();
