// The arithmetic of a schedule's week: what a gesture makes of its windows, and where they lie.
// A window is {row, start, end, days, percent}: minutes of the day, days from Monday 0, the row
// of the form or null for one that has none yet. Knows no page; every answer is a new value.
"use strict";

const weekWindows = (() => {
  const DAY = 1440;
  const STEP = 15;
  const MOST_LANES = 4;
  const LANE_SHARE = 0.16;
  const HOUR_PX = 24;

  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const snap = (minute) => Math.round(minute / STEP) * STEP;
  const minuteOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  const clock = (minute) => [Math.floor((minute % DAY) / 60), minute % 60].map((one) => String(one).padStart(2, "0")).join(":");
  // An end at or before the start is the next day's; equal is a whole day.
  const lasting = ({ start, end }) => ((end - start - 1 + DAY) % DAY) + 1;
  const put = (windows, old, fresh) => windows.map((one) => (one === old ? fresh : one));

  // A new time counts for all days of the window; another day splits that day off.
  const move = (windows, { window, day }, byDays, byMinutes) => {
    const start = byMinutes ? clamp(window.start + byMinutes, 0, DAY - STEP) : window.start;
    const moved = { ...window, start, end: (start + lasting(window)) % DAY };
    const to = (day + byDays + 7) % 7;
    if (to === day) {
      if (start === window.start) return null;
      return { what: "moved", windows: put(windows, window, moved), touched: moved, day };
    }
    if (window.days.length === 1) {
      const carried = { ...moved, days: [to] };
      return { what: "moved", windows: put(windows, window, carried), touched: carried, day: to };
    }
    const rest = { ...window, days: window.days.filter((one) => one !== day) };
    const left = put(windows, window, rest);
    if (start === window.start && window.days.includes(to)) return { what: "joined", windows: left, touched: rest, day: to };
    const split = { ...moved, row: null, from: window.row, days: [to] };
    return { what: "split", windows: [...left, split], touched: split, day: to };
  };

  const resize = (windows, { window, day }, start, length) => {
    const fresh = { ...window, start, end: (start + length) % DAY };
    if (fresh.start === window.start && length === lasting(window)) return null;
    return { what: "moved", windows: put(windows, window, fresh), touched: fresh, day };
  };
  // `minute` of the week; of the days round it the one next to the window is meant.
  const endAt = (windows, at, minute) => {
    const begun = at.day * DAY + at.window.start;
    const ahead = (((minute - begun + 3 * DAY) % (7 * DAY)) + 7 * DAY) % (7 * DAY) - 3 * DAY;
    return resize(windows, at, at.window.start, clamp(ahead, STEP, DAY));
  };
  const startAt = (windows, at, minute) => {
    const length = lasting(at.window);
    const start = clamp(minute, Math.max(0, at.window.start + length - DAY), Math.min(DAY - STEP, at.window.start + length - STEP));
    return resize(windows, at, start, at.window.start + length - start);
  };

  // Drawn from one point of the week to another; into the next day when that is under 24 hours.
  const add = (windows, from, to) => {
    const reach = (to.day - from.day) * DAY + to.minute - from.minute;
    const isAcross = Math.abs(to.day - from.day) === 1 && Math.abs(reach) < DAY;
    const there = isAcross ? to : { day: from.day, minute: to.minute };
    const [first, last] = (there.day - from.day) * DAY + there.minute >= from.minute ? [from, there] : [there, from];
    const start = Math.min(snap(first.minute), DAY - STEP);
    const length = Math.max((last.day - first.day) * DAY + snap(last.minute) - start, STEP);
    const made = { row: null, from: null, start, end: (start + length) % DAY, days: [first.day], percent: null };
    return { what: "made", windows: [...windows, made], touched: made, day: first.day };
  };

  const remove = (windows, { window, day }) => {
    const rest = { ...window, days: window.days.filter((one) => one !== day) };
    const left = rest.days.length ? put(windows, window, rest) : windows.filter((one) => one !== window);
    return { what: "removed", windows: left, touched: window, day };
  };

  const place = (part) => {
    const round = (value) => Number(value.toFixed(3));
    const yielded = part.lane * LANE_SHARE;
    return {
      ...part,
      x: round(((part.day + yielded) * 100) / 7),
      y: (part.start * HOUR_PX) / 60,
      width: round(((1 - yielded) * 100) / 7),
      height: ((part.end - part.start) * HOUR_PX) / 60,
    };
  };
  // Each part goes into the first lane that is free; past the last lane they overlap.
  const inLanes = (parts) => {
    const busyUntil = [];
    parts.sort((one, other) => one.start - other.start || other.end - one.end);
    for (const part of parts) {
      const free = busyUntil.findIndex((until) => until <= part.start);
      part.lane = free >= 0 ? free : Math.min(busyUntil.length, MOST_LANES - 1);
      busyUntil[part.lane] = Math.max(busyUntil[part.lane] ?? 0, part.end);
    }
    return parts;
  };
  // One figure for each day of each window, in order of the week; past midnight it has two parts.
  const lay = (windows) => {
    const days = Array.from({ length: 7 }, () => []);
    const figures = windows.flatMap((window) => window.days.map((day) => ({ window, day, parts: [] })));
    for (const figure of figures) {
      const { window: { start }, day } = figure;
      const end = start + lasting(figure.window);
      days[day].push({ figure, day, start, end: Math.min(end, DAY), isTail: false });
      const next = (day + 1) % 7;
      if (end > DAY) days[next].push({ figure, day: next, start: 0, end: end - DAY, isTail: true });
    }
    for (const part of days.flatMap(inLanes)) part.figure.parts.push(place(part));
    for (const { parts } of figures) parts.sort((one, other) => one.isTail - other.isTail);
    return figures.sort((one, other) => one.day - other.day || one.window.start - other.window.start);
  };

  return { DAY, STEP, clamp, snap, minuteOf, clock, lasting, move, resize, endAt, startAt, add, remove, lay };
})();
