// Charts of the figures on a page: <figure data-chart> with a place to draw in and what to draw (web/history_chart.py).
// The same figures stand in a table beside it, so a chart says nothing that cannot be read there.

import { said } from "./figure_words.js";

const STEPS_S = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 72000, 180000, 360000, 720000, 1800000, 3600000, 7200000, 18000000];
// from one line of a chart to the next: minutes and hours that people know, where tens of seconds give 16:40

let drawn = []; // charts on the page, with what was drawn in each

/** Draw every chart of the page anew; those that are gone are forgotten. */
export async function drawCharts() {
  const figures = [...document.querySelectorAll("figure[data-chart]")];
  const echarts = figures.length > 0 ? await import("./vendor/echarts/echarts.esm.min.js") : null;
  for (const { instance } of drawn) instance.dispose();
  drawn = figures.filter((figure) => figure.isConnected).map((figure) => {
    const place = figure.querySelector("[data-place]");
    const chart = JSON.parse(figure.querySelector("script").textContent);
    place.style.blockSize = `${heightOf(chart)}rem`;
    const instance = echarts.init(place, null, { renderer: "canvas" });
    figure.dataset.chart = "drawn";
    return { instance, place, chart };
  });
  paint();
}

function heightOf(chart) {
  if (chart.kind === "heat") return Math.max(12, 7 + chart.names.length * 2.2);
  const bars = chart.labels.length * Math.max(1, chart.kind === "bars" ? chart.series.length : 1);
  return chart.kind === "bars" || chart.kind === "levels" ? Math.max(10, 5 + bars * 2.2) : 22;
}

function paint() {
  for (const { instance, chart } of drawn) instance.setOption(optionOf(chart, look(instance.getWidth())), true);
}

/** What the page looks like now: the reader's text size and theme, and how many of its letters fit side by side. */
function look(width) {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  return {
    size: parseFloat(style.fontSize),
    letters: width / parseFloat(style.fontSize),
    font: getComputedStyle(document.body).fontFamily,
    ink: token("--ink"), soft: token("--ink-soft"), line: token("--line"), surface: token("--surface"), sunken: token("--sunken"),
    series: [token("--accent"), token("--line-strong")],
    levels: [token("--good"), token("--queue-express"), token("--line-strong"), token("--queue-complaint"), token("--bad")],
    still: matchMedia("(prefers-reduced-motion: reduce)").matches,
  };
}

function optionOf(chart, look) {
  const text = { color: look.ink, fontSize: look.size, fontFamily: look.font };
  return chart.kind === "heat" ? heatOf(chart, look, text) : barsOf(chart, look, text);
}

function barsOf(chart, look, text) {
  const flat = chart.kind === "bars" || chart.kind === "levels"; // names are read from left to right
  const many = chart.series.length > 1;
  const names = {
    type: "category", data: chart.labels, inverse: flat,
    axisLabel: { ...text, ...(flat ? { width: look.size * Math.min(11, look.letters * 0.35), overflow: "truncate", interval: 0 } : { hideOverlap: true }) },
    axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false },
  };
  const most = Math.max(0, ...chart.series.flatMap(({ values }) => values));
  const lines = look.letters < 30 ? 2 : 4;
  const step = chart.unit === "seconds" ? STEPS_S.find((each) => most <= each * lines) : undefined;
  const sizes = {
    type: "value", minInterval: chart.unit === "share" ? 0 : 1, max: chart.unit === "share" ? 1 : undefined,
    ...(step && { interval: step, max: Math.max(1, Math.ceil(most / step)) * step }),
    axisLabel: { ...text, color: look.soft, hideOverlap: true, formatter: (value) => said(value, chart.unit) },
    splitLine: { lineStyle: { color: look.line } }, splitNumber: lines,
  };
  return {
    animation: !look.still, animationDuration: 300, textStyle: text, aria: { enabled: false },
    color: chart.kind === "levels" ? look.levels : look.series,
    grid: { containLabel: true, left: 4, right: look.size * (chart.kind === "bars" && look.letters > 20 ? 3 : 1), top: many ? look.size * 3 : look.size, bottom: 4 },
    legend: { show: many, type: "scroll", top: 0, left: 0, textStyle: text, itemGap: look.size },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: look.surface, borderColor: look.line,
      textStyle: text, axisPointer: { type: chart.kind === "line" ? "line" : "shadow" },
      valueFormatter: (value) => said(value, chart.unit),
    },
    xAxis: flat ? sizes : names,
    yAxis: flat ? names : sizes,
    series: chart.series.map((each, place) => seriesOf(each, place, chart, look)),
  };
}

/** Two things at once: the darker, the more. */
function heatOf(chart, look, text) {
  const names = (data, more) => ({
    type: "category", data, axisLabel: { ...text, hideOverlap: true }, axisLine: { show: false }, axisTick: { show: false },
    splitArea: { show: false }, ...more,
  });
  const most = Math.max(0, ...chart.values.map(([, , value]) => value));
  return {
    animation: false, textStyle: text,
    grid: { containLabel: true, left: 4, right: 4, top: 4, bottom: look.size * 3.5 },
    xAxis: names(chart.labels), yAxis: names(chart.names, { inverse: true }),
    visualMap: {
      min: 0, max: chart.unit === "share" ? 1 : most || 1, calculable: false, orient: "horizontal", left: 0, bottom: 0,
      itemHeight: look.size * 12, inRange: { color: [look.sunken, look.series[0]] }, textStyle: text, precision: 4,
      text: [said(chart.unit === "share" ? 1 : most, chart.unit), said(0, chart.unit)],
    },
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: look.surface, borderColor: look.line, textStyle: text,
      formatter: ({ value: [column, row, value] }) => `${chart.names[row]} ${chart.labels[column]}\n${said(value, chart.unit)}`,
    },
    series: [{ type: "heatmap", data: chart.values, itemStyle: { borderColor: look.surface, borderWidth: 2 } }],
  };
}

function seriesOf({ name, values }, place, chart, look) {
  const shape = { line: "line", columns: "bar", bars: "bar", levels: "bar" }[chart.kind];
  return {
    name, type: shape, data: values,
    ...(shape === "bar" ? { barMaxWidth: look.size * 2 } : { symbolSize: look.size / 2, showSymbol: values.length < 40 }),
    ...(chart.kind === "line" ? { connectNulls: true, lineStyle: { width: 3, type: place === 0 ? "solid" : "dashed" } } : {}),
    ...(chart.kind === "levels" ? { stack: "levels" } : {}),
    ...(chart.kind === "bars"
      ? { label: { show: look.letters > 20, position: "right", color: look.ink, fontSize: look.size, formatter: ({ value }) => said(value, chart.unit) } }
      : {}),
  };
}

new ResizeObserver(() => {
  if (matchMedia("print").matches) return; // report.css lays what is drawn out on paper; a sheet has no height to draw for
  for (const { instance } of drawn) instance.resize();
  paint();
}).observe(document.body);
new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-text-size"] });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
