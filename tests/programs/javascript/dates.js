const d = new Date(Date.UTC(2024, 1, 29, 12, 30, 15, 123));
console.log(d.toISOString(), d.getTime(), JSON.stringify({ d }), d.toJSON(), d.getUTCDay());
console.log(new Date('2024-03-10T00:00:00Z') - new Date('2024-03-01T00:00:00Z'), Date.parse('2024-01-01'));
console.log(new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(d));
console.log(d.toLocaleDateString('de-DE', { timeZone: 'UTC' }), d.toLocaleTimeString('en-US', { timeZone: 'UTC' }));
console.log(d, [d], { d }, String(new Date(NaN)), new Date(2024, 0, 31).getMonth(), typeof Date.now());
console.log(new Date(2024, 0, 1, 10).toString().slice(0, 24), new Date(0).getTimezoneOffset() === 0 || 'local time');
new Date(NaN).toISOString();
