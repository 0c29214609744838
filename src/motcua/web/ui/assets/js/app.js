// Giao diện: everything here is a comfort. Each page works without it.
import htmx from "htmx.org/dist/htmx.esm.js";
import { appearance } from "./appearance.js";
import { keyboard } from "./keyboard.js";
import { forms } from "./forms.js";
import { files } from "./files.js";
import { counter } from "./counter.js";
import { lists } from "./lists.js";
import { pages } from "./pages.js";
import { queue } from "./queue.js";
import { kiosk } from "./kiosk.js";

window.htmx = htmx;
for (const start of [appearance, keyboard, forms, files, counter, lists, pages, queue, kiosk]) start();
