SELECT date('2024-01-31', '+1 month'), date('2024-03-31', 'start of month', '-1 day'), strftime('%Y-%m-%d %H:%M:%S', 0, 'unixepoch');
SELECT julianday('2024-03-01') - julianday('2024-02-01'), datetime('2024-02-29T12:30:00Z'), time('12:00', '-90 minutes'), unixepoch('2024-01-01');
SELECT date('nonsense'), strftime('%d.%m.%Y', '2024-05-06'), date('2024-01-01', 'weekday 0'), '2024-01-10' > '2024-01-09';
SELECT typeof(date('now')), length(datetime('now')), date('now') <= date('now', '+1 day')
