import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { readTheme, setTheme, THEMES, type Theme } from './theme.js';

/** Chooses the colors of the page. */
export function ThemePicker(): JSX.Element {
  const [theme, choose] = useState(readTheme);
  return (
    <select
      class="theme"
      aria-label="Theme"
      value={theme}
      onChange={(event) => {
        const chosen = event.currentTarget.value as Theme;
        setTheme(chosen);
        choose(chosen);
      }}
    >
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  );
}
