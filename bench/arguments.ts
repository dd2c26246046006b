import { createFigure } from './figures/p1-create.js';
import { withdrawalFigure } from './figures/p2-withdrawal.js';
import { throughputFigure } from './figures/p4-throughput.js';
import { audienceFigure } from './figures/p5-audience.js';
import { exportFigure } from './figures/p6-export.js';
import { importFigure } from './figures/p7-import.js';
import { rebuildFigure } from './figures/p8-rebuild.js';
import { massErasureFigure } from './figures/p11-erasures.js';
import { erasureFigure } from './figures/p12-erasure.js';
import { growthFigure } from './figures/p9-growth.js';
import type { Figure } from './support/figure.js';

/** Everything that can be measured, in the order of measuring. */
const FIGURES: readonly Figure[] = [createFigure, withdrawalFigure, throughputFigure, audienceFigure, exportFigure, importFigure, rebuildFigure, growthFigure, massErasureFigure, erasureFigure];
/** Comes with every figure: of whatever was measured, the memory it took. Asked for alone, it is that of lists and exports. */
const MEMORY = 'P10';
const DEFAULT_SIZE = 10_000;

/** The figures asked for; all when none is named. @throws Error naming what there is */
export function chosenFigures(only: string | undefined): readonly Figure[] {
  if (only === undefined) return FIGURES;
  const wanted = only.toUpperCase().split(',').map((id) => id.trim()).filter((id) => id !== '');
  const known = [...FIGURES.flatMap(({ ids }) => ids), MEMORY];
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0 || wanted.length === 0) throw new Error(`--only takes some of ${known.join(', ')}; not known: ${unknown.join(', ') || 'nothing named'}`);
  if (wanted.every((id) => id === MEMORY)) return [audienceFigure, exportFigure];
  return FIGURES.filter(({ ids }) => ids.some((id) => wanted.includes(id)));
}

/** @throws Error when it is no number of customers */
export function sizeOf(text: string | undefined): number {
  const size = Number(text ?? DEFAULT_SIZE);
  if (!Number.isInteger(size) || size < 0 || size > 100_000_000) throw new Error('--size takes a whole number of customers');
  return size;
}
