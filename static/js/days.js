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
