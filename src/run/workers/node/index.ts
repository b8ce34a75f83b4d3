/**
 * The modules of Node for programs, as far as a browser can have them: an asset of its own, which the page
 * sends to the worker of a program that asks for them.
 */
import assert from 'assert';
import { Buffer } from 'buffer';
import EventEmitter from 'events';
import path from 'path-browserify';
import stream from 'readable-stream';
import { StringDecoder } from 'string_decoder';
import { createFs } from './fs';
import type { CreateNode } from '../node-host';
import { createProcess, exitError } from './process';
import { createReadline } from './readline';
import { createTest } from './test';
import { createTimers, os, random, url } from './small';
import * as util from './util';

const create: CreateNode = host => {
  const { process, tick, exitCode } = createProcess(host);
  const fs = createFs(host);
  const readline = createReadline(host, process.stdin);
  const { timers, setImmediate, clearImmediate } = createTimers(host);
  const test = createTest(host);
  const posix = Object.assign(path, { posix: path });
  const modules = {
    assert,
    'assert/strict': assert.strict,
    buffer: { Buffer, Blob, atob, btoa },
    crypto: random,
    events: Object.assign(EventEmitter, { EventEmitter }),
    fs,
    'fs/promises': fs.promises,
    os,
    path: posix,
    'path/posix': posix,
    perf_hooks: { performance },
    process,
    readline,
    'readline/promises': readline.promises,
    stream,
    string_decoder: { StringDecoder },
    test: test.module,
    timers,
    'timers/promises': timers.promises,
    url,
    util
  };
  return {
    modules,
    globals: { Buffer, process, setImmediate, clearImmediate, global: globalThis, ...test.globals },
    tick,
    isShown: value => !(value instanceof EventEmitter),
    end: async () => {
      const failed = await test.end();
      process.emit('beforeExit', exitCode());
      tick();
      process.emit('exit', exitCode());
      return failed ?? exitError(exitCode());
    }
  };
};

(globalThis as unknown as { __library: (made: CreateNode) => void }).__library(create);
