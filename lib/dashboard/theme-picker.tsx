import type { JSX } from 'preact';
import { readTheme, setTheme, THEMES, type Theme } from './theme.js';

/** Chooses the colors of the page. */
export function ThemePicker(): JSX.Element {
  return (
    <select
      class="theme"
      aria-label="Theme"
      defaultValue={readTheme()}
      onChange={(event) => setTheme(event.currentTarget.value as Theme)}
    >
      {THEMES.map((theme) => (
        <option key={theme} value={theme}>
          {theme}
        </option>
      ))}
    </select>
  );
}
