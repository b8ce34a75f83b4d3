import './base.css';
import './playback.css';
