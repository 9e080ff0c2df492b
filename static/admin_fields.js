// Fields that stand for one value of the set-up each: <input data-path="rules.recalls_max">.
// data-scale: how many of the set-up's unit make one of the field's; data-lines: a text of one entry a line.

/** Write values into the fields of `root`. */
export function fillFields(root, setup) {
  for (const field of root.querySelectorAll("[data-path]")) {
    const value = field.dataset.path.split(".").reduce((whole, name) => whole?.[name], setup);
    if (field.type === "checkbox") field.checked = value === true;
    else if ("lines" in field.dataset) field.value = (value ?? []).join("\n");
    else if (field.type === "number") field.value = value === undefined ? "" : value / (field.dataset.scale ?? 1);
    else field.value = value ?? "";
  }
}

/** The parts of the set-up that the fields of `root` stand in, with what they say. */
export function readFields(root, setup) {
  const parts = {};
  for (const field of root.querySelectorAll("[data-path]")) {
    const names = field.dataset.path.split(".");
    const last = names.pop();
    if (names.length > 0) parts[names[0]] ??= structuredClone(setup[names[0]]);
    const whole = names.reduce((part, name) => (part[name] ??= {}), parts);
    whole[last] = valueOf(field);
  }
  return parts;
}

function valueOf(field) {
  if (field.type === "checkbox") return field.checked;
  if ("lines" in field.dataset) return linesOf(field.value);
  if (field.type === "number") return Math.round(field.valueAsNumber * (field.dataset.scale ?? 1));
  return field.value.trim();
}

/** The lines of a text that say something. */
export const linesOf = (text) => text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
