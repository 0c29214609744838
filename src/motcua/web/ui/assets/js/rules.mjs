// Luật của biểu mẫu: the same language as service/forms/rules.py; a test asks both and compares every answer.
const SCALE = 1000000n;
const MOST = 10n ** 15n;
const DEEPEST = 40;
const NUMBER = /^(-?)([0-9]{1,15})(?:\.([0-9]{1,6}))?$/;
const DAY = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/;

export function evaluate(rule, data, { today, row = null }) {
  return value(rule, { data, today, row }, 0);
}

export function holds(rule, data, scope) {
  return rule === null || rule === undefined || truth(evaluate(rule, data, scope));
}

export function truth(held) {
  if (held === null || held === undefined || typeof held === "boolean") return Boolean(held);
  if (typeof held === "number") return held !== 0;
  if (typeof held === "string" || Array.isArray(held)) return held.length > 0;
  return Object.keys(held).length > 0;
}

export function plain(text) {
  const letters = text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").replace(/[A-Z]/g, (one) => one.toLowerCase()).replace(/[đĐ]/g, "d");
  return letters.replace(/[^0-9a-z]+/g, " ").replace(/^ +| +$/g, "");
}

function value(rule, scope, depth) {
  if (depth > DEEPEST) return null;
  if (Array.isArray(rule)) return rule.map((part) => value(part, scope, depth + 1));
  if (!isMap(rule)) return rule ?? null;
  const names = Object.keys(rule);
  if (names.length !== 1) return null;
  const [name] = names;
  const given = Array.isArray(rule[name]) ? rule[name] : [rule[name]];
  if (Object.hasOwn(LAZY, name)) return LAZY[name](given, scope, depth + 1);
  if (!Object.hasOwn(EAGER, name) || given.length < (TWO.has(name) ? 2 : 1)) return null;
  return EAGER[name](given.map((part) => value(part, scope, depth + 1)));
}

function isMap(held) {
  return held !== null && typeof held === "object" && !Array.isArray(held);
}

function at(held, given) {
  if (!given.length || typeof given[0] !== "string") return null;
  for (const part of given[0].split(".")) held = isMap(held) && Object.hasOwn(held, part) ? held[part] : null;
  return held ?? null;
}

function rows(given, scope) {
  const held = at(scope.data, given);
  return Array.isArray(held) ? held.filter(isMap).map((row) => ({ ...scope, row })) : [];
}

function fitting(given, scope, depth) {
  return rows(given, scope).map((row) => given.length < 2 || truth(value(given[1], row, depth)));
}

const LAZY = {
  var: (given, scope) => at(scope.data, given),
  row: (given, scope) => at(scope.row ?? {}, given),
  if: (given, scope, depth) => {
    for (let place = 0; place < given.length - 1; place += 2) if (truth(value(given[place], scope, depth))) return value(given[place + 1], scope, depth);
    return given.length % 2 ? value(given[given.length - 1], scope, depth) : null;
  },
  and: (given, scope, depth) => given.every((part) => truth(value(part, scope, depth))),
  or: (given, scope, depth) => given.some((part) => truth(value(part, scope, depth))),
  today: (_given, scope) => scope.today,
  count: (given, scope, depth) => fitting(given, scope, depth).filter(Boolean).length,
  some: (given, scope, depth) => fitting(given, scope, depth).some(Boolean),
  every: (given, scope, depth) => fitting(given, scope, depth).every(Boolean),
  sum: (given, scope, depth) => {
    if (given.length < 2) return null;
    return told(rows(given, scope).map((row) => number(value(given[1], row, depth)) ?? 0n).reduce((one, other) => one + other, 0n));
  },
  age: (given, scope, depth) => {
    if (!given.length) return null;
    const born = lastDay(value(given[0], scope, depth));
    const then = wholeDay(given.length > 1 ? value(given[1], scope, depth) : scope.today);
    if (!born || !then || ordinal(born) > ordinal(then)) return null;
    return then[0] - born[0] - (then[1] < born[1] || (then[1] === born[1] && then[2] < born[2]) ? 1 : 0);
  },
};

// Numbers: in millionths, as BigInt.
function number(held) {
  if (typeof held === "number") return Number.isInteger(held) && Math.abs(held) <= Number(MOST) ? BigInt(held) * SCALE : null;
  const found = typeof held === "string" ? held.match(NUMBER) : null;
  if (!found) return null;
  const size = BigInt(found[2]) * SCALE + BigInt((found[3] ?? "").padEnd(6, "0"));
  return found[1] ? -size : size;
}

function told(millionths) {
  const size = abs(millionths);
  if (size > MOST * SCALE) return null;
  const whole = size / SCALE;
  const rest = size % SCALE;
  if (rest === 0n) return Number(millionths < 0n ? -whole : whole);
  return `${millionths < 0n ? "-" : ""}${whole}.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
}

function abs(held) {
  return held < 0n ? -held : held;
}

function rounded(numerator, denominator) {
  const size = (2n * abs(numerator) + abs(denominator)) / (2n * abs(denominator));
  return numerator < 0n !== denominator < 0n ? -size : size;
}

function arithmetic(act) {
  return (values) => {
    let result = number(values[0]);
    for (const held of values.slice(1)) {
      const other = number(held);
      result = result === null || other === null ? null : act(result, other);
      if (result !== null && abs(result) > MOST * SCALE) result = null;
    }
    return result === null ? null : told(result);
  };
}

function extreme(better) {
  return (values) => {
    const numbers = values.map(number).filter((held) => held !== null);
    return numbers.length ? told(numbers.reduce((one, other) => (better(other, one) ? other : one))) : null;
  };
}

function round([held, places = 0]) {
  const size = number(held);
  const digits = number(places);
  if (size === null || digits === null || digits % SCALE !== 0n || digits < 0n || digits > 6n * SCALE) return null;
  const unit = 10n ** (6n - digits / SCALE);
  return told(rounded(size, unit) * unit);
}

function same(one, other) {
  const [first, second] = [number(one), number(other)];
  if (first !== null && second !== null) return first === second;
  return !isMap(one) && !Array.isArray(one) && typeof one === typeof other && one === other && typeof one !== "number";
}

function order(test) {
  return ([one, other]) => {
    const [first, second] = [number(one), number(other)];
    if (first !== null && second !== null) return test(first, second);
    const [day, next] = [wholeDay(one), wholeDay(other)];
    return day && next ? test(ordinal(day), ordinal(next)) : false;
  };
}

// Days: [year, month, day].
function lastDay(held) {
  const found = typeof held === "string" ? held.match(DAY) : null;
  if (!found) return null;
  const [year, month] = [Number(found[1]), Number(found[2] ?? 12)];
  if (year < 1 || month < 1 || month > 12) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const last = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  const day = found[3] === undefined ? last : Number(found[3]);
  return day >= 1 && day <= last ? [year, month, day] : null;
}

function wholeDay(held) {
  const found = typeof held === "string" ? held.match(DAY) : null;
  return found?.[3] === undefined ? null : lastDay(held);
}

function ordinal([year, month, day]) {
  const moved = month < 3 ? year - 1 : year;
  const era = Math.floor(moved / 400);
  const ofEra = moved - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear;
}

function text(held) {
  if (typeof held === "string") return held;
  const size = number(held);
  return size === null ? "" : String(told(size));
}

const EAGER = {
  "==": ([one, other]) => same(one, other),
  "!=": ([one, other]) => !same(one, other),
  "<": order((one, other) => one < other),
  "<=": order((one, other) => one <= other),
  ">": order((one, other) => one > other),
  ">=": order((one, other) => one >= other),
  not: ([held]) => !truth(held),
  in: ([held, list]) => Array.isArray(list) && list.some((item) => same(held, item)),
  empty: ([held]) => held === null || held === "" || (typeof held === "object" && Object.keys(held).length === 0),
  "+": arithmetic((one, other) => one + other),
  "-": arithmetic((one, other) => one - other),
  "*": arithmetic((one, other) => rounded(one * other, SCALE)),
  "/": arithmetic((one, other) => (other === 0n ? null : rounded(one * SCALE, other))),
  round,
  min: extreme((one, other) => one < other),
  max: extreme((one, other) => one > other),
  join: (values) => values.map(text).filter(Boolean).join(" "),
  same_text: ([one, other]) => plain(text(one)) !== "" && plain(text(one)) === plain(text(other)),
  has_text: ([one, other]) => plain(text(other)) !== "" && plain(text(one)).includes(plain(text(other))),
  days: ([one, other]) => {
    const [first, last] = [wholeDay(one), wholeDay(other)];
    return first && last ? ordinal(last) - ordinal(first) : null;
  },
  year: ([held]) => lastDay(held)?.[0] ?? null,
};
const TWO = new Set(["==", "!=", "<", "<=", ">", ">=", "in", "same_text", "has_text", "days"]);
