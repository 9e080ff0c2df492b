// A figure as people read it; web/figure_words.py writes the same beside a chart.

/** "1,204", "8:32" (minutes and seconds), "1:02:33", "83.3%"; a dash when not known. unit: "count", "seconds", "share". */
export function said(value, unit) {
  if (value === null || value === undefined) return "—";
  if (unit === "share") return `${(value * 100).toFixed(1)}%`;
  if (unit !== "seconds") return value.toLocaleString("en");
  const seconds = Math.round(value);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (parts[0] === 0) parts.shift();
  return parts.map((part, place) => (place === 0 ? part.toLocaleString("en") : String(part).padStart(2, "0"))).join(":");
}
