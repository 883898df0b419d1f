import { json } from '../answers.ts';
import type { Endpoint } from '../endpoint.ts';

/** The colours and measures of page.css in the light, for apps that want to look as if they belonged here. */
const style = {
  color_background: '#fbfaf6',
  color_error: '#a3311f',
  color_highlight: '#0b6a61',
  color_modal_backdrop: '#1d2524',
  color_success: '#0b6a61',
  color_text: '#1d2524',
  dim_border_radius: '5px',
  dim_font_size: '17px',
  dim_spacing_size: '20px',
  font_family_body: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  font_family_heading: "'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif",
};

/** https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#styling (smart_style_url) */
export const styleSheet: Endpoint = {
  method: 'GET',
  path: '/oauth2/style',
  origin: 'any',
  run: async () => json(200, style, { 'Cache-Control': 'public, max-age=3600', Pragma: '' }),
};
