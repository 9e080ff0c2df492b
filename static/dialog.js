// Questions: <dialog id="…-dialog">, usually with a form, a line for messages and buttons that close it or fill it in.

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
for (const button of document.querySelectorAll("[data-usual]")) {
  button.addEventListener("click", () => {
    const input = document.getElementById(button.dataset.usual);
    input.value = button.getAttribute("value") ?? button.textContent.trim();
    input.focus(); // so that Enter sends it
  });
}

/** Open the question `${name}-dialog` afresh: its form empty, nothing said. Returns it. */
export function openDialog(name) {
  const dialog = document.getElementById(`${name}-dialog`);
  dialog.querySelector("form")?.reset();
  say(dialog.querySelector("[data-message]"), "");
  dialog.showModal();
  return dialog;
}

/** The line for messages in the open question, null while none is open. */
export const messageOfDialog = () => document.querySelector("dialog[open] [data-message]");

/** Say how something went: kind "is-good", "is-bad", "is-warning". A line that `keeps-room` is never hidden. */
export function say(line, words, kind = "") {
  if (line === null) return;
  line.classList.remove("is-good", "is-bad", "is-warning");
  if (kind !== "") line.classList.add(kind);
  line.hidden = words === "" && !line.classList.contains("keeps-room");
  if (line.textContent !== words) line.textContent = words;
}
