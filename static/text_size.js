// The switch for larger text: 18, 24 and 30 px, kept in this browser. <button data-text-size-switch>

const SIZES = ["", "large", "largest"];
const NAME = "jiaohao.text-size";

function kept() {
  try {
    return localStorage.getItem(NAME) ?? "";
  } catch {
    return "";
  }
}

function use(size) {
  document.documentElement.dataset.textSize = size;
  try {
    localStorage.setItem(NAME, size);
  } catch {
    // This browser keeps nothing: the size lasts as long as the page.
  }
}

document.documentElement.dataset.textSize = kept();
for (const button of document.querySelectorAll("[data-text-size-switch]")) {
  button.addEventListener("click", () => {
    const now = SIZES.indexOf(document.documentElement.dataset.textSize);
    use(SIZES[(now + 1) % SIZES.length]);
  });
}
