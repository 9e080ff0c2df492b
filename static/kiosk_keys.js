// Keys on the screen, as large as hands need.

/** A key that says `text`. */
export function key(text, pressed) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", pressed);
  return button;
}
