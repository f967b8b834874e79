/** `0`, `0.4`, `12.5`, `1,204` */
export function rate(perSecond: number): string {
  if (perSecond === 0) return '0';
  if (perSecond < 0.05) return '<0.1';
  return perSecond < 99.95 ? perSecond.toFixed(1) : Math.round(perSecond).toLocaleString();
}
