// @ts-check
/** What rotated log files hold, all in all. */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

const CHUNK = 1024 * 1024;

/** The files of a log, the oldest first. @param {string} path */
export function filesOf(path) {
  const files = [path];
  for (let number = 1; ; number++) {
    const backup = [`${path}.${number}`, `${path}.${number}.gz`].find(name => existsSync(name));
    if (backup === undefined) return files;
    files.unshift(backup);
  }
}

/** Length and SHA-256 of all the files of a log together. @param {string} path */
export function digestLog(path) {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of filesOf(path)) {
    for (const piece of file.endsWith('.gz') ? [gunzipSync(readFileSync(file))] : piecesOf(file)) {
      hash.update(piece);
      bytes += piece.length;
    }
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Of what a program printed: files again and again. @param {readonly string[]} files @param {number} times */
export function digestFiles(files, times) {
  const hash = createHash('sha256');
  const texts = files.map(file => readFileSync(file));
  let bytes = 0;
  for (let left = times; left > 0; left--) {
    for (const text of texts) {
      hash.update(text);
      bytes += text.length;
    }
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** @param {string} file */
function* piecesOf(file) {
  const fd = openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer)) yield buffer.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
