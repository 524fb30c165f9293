import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

const KEYS = ['cmd', 'numprocs', 'umask', 'autostart', 'autorestart', 'env', 'stdout', 'stderr'];

describe('nearest', () => {
  test.each([
    ['numproc', 'numprocs'],
    ['nmuprocs', 'numprocs'],
    ['autostrat', 'autostart'],
    ['AutoRestart', 'autorestart'],
    ['cdm', 'cmd'],
    ['envs', 'env'],
    ['sdtout', 'stdout'],
    ['stder', 'stderr'],
  ])('%s was meant as %s', (word, expected) => {
    expect(nearest(word, KEYS)).toBe(expected);
  });

  test.each(['', 'x', 'command', 'directory', 'zzz'])('%j is near to nothing', word => {
    expect(nearest(word, KEYS)).toBeUndefined();
  });

  test('takes the nearest of several, the first of equals', () => {
    expect(nearest('stdoit', ['stdin', 'stdout'])).toBe('stdout');
    expect(nearest('web3', ['web1', 'web2'])).toBe('web1');
  });
});
