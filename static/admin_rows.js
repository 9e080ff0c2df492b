// A list of things in the set-up, each a row of fields: <… data-of="prefix">, <fieldset data-set="queues"> for several.

import { clone } from "./page.js";

/**
 * The rows in `list`, each made from `<template id="…">`.
 *
 * named(row, value)   what stands in its legend, and whatever else follows from its fields
 * touched()           the rows changed otherwise than by typing
 *
 * A row has the macro row_tools, whose buttons move it up, take it away, and bring it back.
 */
export class Rows {
  constructor(list, template, { named = () => {}, touched }) {
    Object.assign(this, { list, template, named, touched });
  }

  /** Take all of them away, to be filled anew. */
  clear() {
    this.list.replaceChildren();
  }

  /** Add a row that shows `value`. place: where in the set-up it stands, for what the server finds wrong. */
  add(value, place = "") {
    const row = clone(this.template);
    row.dataset.place = place;
    this.list.append(row);
    fillRow(row, value, place);
    const refresh = () => this.named(row, readRow(row));
    row.addEventListener("input", refresh);
    row.addEventListener("change", refresh);
    row.querySelector("[data-up]").addEventListener("click", ({ currentTarget }) => {
      row.previousElementSibling?.before(row);
      currentTarget.focus();
      this.touched();
    });
    row.querySelector("[data-remove]").addEventListener("click", () => this.#remove(row, true));
    row.querySelector("[data-restore]").addEventListener("click", () => this.#remove(row, false));
    refresh();
    return row;
  }

  /** Add a new row, and lead there. */
  begin(value, place) {
    const row = this.add(value, place);
    row.querySelector("input, select").focus();
    this.touched();
    return row;
  }

  /** What the rows say that stay, in their order: [[row, value], …]. */
  values() {
    return [...this.list.children].filter((row) => !("removed" in row.dataset)).map((row) => [row, readRow(row)]);
  }

  /** A row goes when it is saved; until then it can be had back. */
  #remove(row, goes) {
    if (goes) row.dataset.removed = "";
    else delete row.dataset.removed;
    const tools = row.querySelector(".admin-row-tools");
    for (const part of row.children) part.hidden = goes && part !== tools && part.tagName !== "LEGEND";
    for (const field of row.querySelectorAll("input, select")) field.disabled = goes; // nothing is asked of it any more
    for (const each of tools.children) each.hidden = goes !== ("removed" in each.dataset || "restore" in each.dataset);
    tools.querySelector(goes ? "[data-restore]" : "[data-remove]").focus();
    this.touched();
  }
}

function fillRow(row, value, place) {
  for (const field of row.querySelectorAll("[data-of]")) {
    const found = field.dataset.of.split(".").reduce((whole, name) => whole?.[name], value);
    if (field.type === "checkbox") field.checked = found === true;
    else if (field.type === "number") field.value = found === undefined ? "" : found / (field.dataset.scale ?? 1);
    else field.value = found ?? "";
    if (field.tagName === "SELECT" && field.selectedIndex < 0) field.selectedIndex = 0;
    field.dataset.place = `${place}.${field.dataset.of}`;
  }
  for (const set of row.querySelectorAll("[data-set]")) {
    const chosen = value[set.dataset.set] ?? [];
    for (const box of set.querySelectorAll("input")) box.checked = chosen.includes(box.value);
  }
}

function readRow(row) {
  const value = {};
  for (const field of row.querySelectorAll("[data-of]")) {
    const names = field.dataset.of.split(".");
    const last = names.pop();
    const whole = names.reduce((part, name) => (part[name] ??= {}), value);
    if (field.type === "checkbox") whole[last] = field.checked;
    else if (field.type !== "number" && !("number" in field.dataset)) whole[last] = field.value.trim();
    else if (field.value !== "") whole[last] = Math.round(Number(field.value) * (field.dataset.scale ?? 1));
  }
  for (const set of row.querySelectorAll("[data-set]")) {
    value[set.dataset.set] = Array.from(set.querySelectorAll("input:checked"), (box) => box.value);
  }
  return value;
}
