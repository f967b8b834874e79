import { render } from 'preact';
import { App } from './app.js';
import { Control } from './control.js';
import { Live } from './live.js';
import { readTheme, setTheme } from './theme.js';

setTheme(readTheme());
const control = new Control(window.sessionStorage);
const live = new Live(control);
render(<App control={control} live={live} />, document.getElementById('app') as HTMLElement);
if (document.hidden) live.setHidden(true);
live.start();
document.addEventListener('visibilitychange', () => live.setHidden(document.hidden));
