/** Arena's icon: a speech balloon with brackets. */
import { LabIcon } from '@jupyterlab/ui-components';

export const interviewIcon = new LabIcon({
  name: 'jupyter-arena:interview',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 4h18v11h-7.5L9 19.5V15H3z M5 6v7h6v2l2.5-2H19V6z" fill-rule="evenodd"/>
    <path d="M9.8 7.2 7.4 9.5l2.4 2.3 1-1-1.4-1.3 1.4-1.3zM14.2 7.2l-1 1 1.4 1.3-1.4 1.3 1 1 2.4-2.3z"/>
  </g>
</svg>`
});
