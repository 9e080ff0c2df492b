// What is wrong on a hall screen, in words; run in the page by test_hall_screen_fits.py. scale: times LOOK's sizes.
async (scale) => {
  const drawn = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await drawn();
  for (const _ of "12") {
    window.dispatchEvent(new Event("resize")); // as the page does by itself a moment later: what is measured first counts next
    await drawn();
  }
  for (const animation of document.getAnimations()) animation.finish();
  const wrong = [];
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const said = (element) => `${element.id || element.className || element.tagName} “${element.textContent.trim().slice(0, 30)}”`;
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const inside = (a, b, slack = 1) =>
    a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - slack && a.bottom <= b.bottom + slack;
  const letters = (element) => parseFloat(getComputedStyle(element).fontSize);
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };

  // A strip has one line for what is of thirty letters
  const endsInEllipsis = (element) => element.matches('[data-layout="strip"] :is(.wall-public-name, .wall-public-post)');

  // Parts
  const names = "#status, .wall-head h1, .wall-clock, #call, .wall-recent, #queues, #code, #notice";
  const parts = [...document.querySelectorAll(names)].filter(seen);
  for (const [place, part] of parts.entries()) {
    const box = part.getBoundingClientRect();
    if (!inside(box, screen)) wrong.push(`${said(part)} is out of the screen`);
    for (const other of parts.slice(place + 1)) {
      const clockInNotice = part.matches(".wall-clock") && other.id === "notice"; // its texts are looked at below
      if (meet(box, other.getBoundingClientRect()) && !clockInNotice) wrong.push(`${said(part)} lies on ${said(other)}`);
    }
  }

  // Texts: the middle of each line, because what a face leaves above and below may lie over a neighbour
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const { parentElement: element } = walker.currentNode;
    if (!walker.currentNode.textContent.trim() || !seen(element) || element.closest("script, template")) continue;
    if (letters(element) < 48 * scale - 0.01) wrong.push(`${letters(element)} px: ${said(element)}`);
    range.selectNodeContents(walker.currentNode);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const rest = (bottom - top - letters(element) * 0.7) / 2;
      texts.push({ element, left, right, top: top + rest, bottom: bottom - rest });
    }
  }
  for (const [place, text] of texts.entries()) {
    for (let box = text.element; box !== null; box = box.parentElement) {
      if (getComputedStyle(box).overflow !== "hidden" || box === document.body) continue;
      if (endsInEllipsis(box)) break;
      if (!inside(text, box.getBoundingClientRect(), 2)) wrong.push(`${said(text.element)} is cut by ${box.id || box.className}`);
    }
    if (endsInEllipsis(text.element)) continue;
    if (!inside(text, screen)) wrong.push(`${said(text.element)} is out of the screen`);
    for (const other of texts.slice(place + 1)) {
      if (meet(text, other)) wrong.push(`${said(text.element)} lies on ${said(other.element)}`);
    }
  }

  // Boxes whose content is larger than they are
  for (const element of document.querySelectorAll("main li, #queues, #recent, #call > *, .wall-public li")) {
    if (seen(element) && element.scrollWidth > element.clientWidth + 1) wrong.push(`${said(element)} is too wide`);
  }

  const floors = {
    ".wall-call-shown .wall-call-number .ticket-number": 180,
    ".wall-calls-shown li:not([data-long]) .wall-call-number": 180,
    ".wall-call-counter .ticket-number": 140,
    "#recent .ticket-number": 72,
  };
  for (const [selector, floor] of Object.entries(floors)) {
    for (const element of document.querySelectorAll(selector)) {
      if (letters(element) < floor * scale - 0.01) wrong.push(`${letters(element)} px: ${said(element)}`);
    }
  }
  return [...new Set(wrong)];
}
