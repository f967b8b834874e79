/** Where the choice is kept, until the user changes it. */
const KEY = 'rabbit-snare-theme';

/** `auto` follows the operating system. */
export const THEMES = ['auto', 'light', 'dark'] as const;

export type Theme = (typeof THEMES)[number];

/** Reads the theme that was chosen. A browser without storage has `auto`. */
export function readTheme(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto';
  } catch {
    return 'auto';
  }
}

/** Shows the page in a theme, and keeps the choice if the browser allows it. */
export function setTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Without storage the choice ends with the page.
  }
}
