// What every section of a hall's administration begins with: its data, its words, and where the hall answers.

import "./invalid.js";
import { readJson, words } from "./page.js";

export const DATA = readJson("admin-data");
export const WORDS = words();
export const HALL = `/api/v1/halls/${DATA.hall}`;
