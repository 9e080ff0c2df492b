// How a hall screen is laid out: as it was set up, or by the shape of its window; and what its sizes are parts of.

const STRIP = 2.4; // wider than any ordinary screen: a strip over the counters

/** "landscape", "portrait" or "strip"; set: what the screen's set-up says. */
export function layoutOf(set, width, height) {
  if (set !== "auto") return set;
  if (width >= height * STRIP) return "strip";
  return width >= height ? "landscape" : "portrait";
}

/**
 * The hundredth part of 1080 lines, in pixels: at 1920×1080, at 1080×1920, and at 1920×360, for a strip is read from as far
 * as a whole screen. Of a window of another shape, what fits.
 */
export function unitOf(layout, width, height) {
  const [across, down] = { landscape: [177.8, 100], portrait: [100, 177.8], strip: [177.8, 33.3] }[layout];
  return Math.min(width / across, height / down);
}

/** Keep the page in its layout, `<html data-layout>` and `--wall-unit`; changed: called after the window has changed. */
export function followWindow(set, changed) {
  const { dataset, style } = document.documentElement;
  const lay = () => {
    dataset.layout = layoutOf(set, innerWidth, innerHeight);
    style.setProperty("--wall-unit", `${unitOf(dataset.layout, innerWidth, innerHeight)}px`);
  };
  lay();
  addEventListener("resize", () => {
    lay();
    document.body.hidden = true; // Chromium left some parts in the old sizes, now and then, unless all were drawn anew
    document.body.getBoundingClientRect();
    document.body.hidden = false;
    requestAnimationFrame(changed); // sizes that are read before are those of the old window
  });
}
