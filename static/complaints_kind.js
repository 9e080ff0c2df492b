// What kind a complaint is, as two questions ask it: how grave, about what, about whom.

/** What the form says: {severity, about, subject?}. */
export function kindOf(form) {
  const { severity, about, subject } = form.elements;
  const kind = { severity: severity.value, about: about.value };
  return about.value === "staff" && subject.value !== "" ? { ...kind, subject: subject.value } : kind;
}

/** Ask about whom where it is about staff, and call `changed` whenever something else was chosen. Returns how to look anew. */
export function followKind(form, changed) {
  function follow() {
    form.querySelector("[data-subject]").hidden = form.elements.about.value !== "staff";
    if (form.elements.about.value !== "staff") form.elements.subject.value = "";
    changed();
  }
  form.addEventListener("change", follow);
  return follow;
}
