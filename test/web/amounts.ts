// What people write into amount fields, and what it is: one table for every place that reads one. Undefined is refused.
export const AMOUNTS: readonly (readonly [text: string, amountVnd: number | undefined])[] = [
  ['450000', 450_000], ['0', 0], ['1', 1], ['999999999999', 999_999_999_999],
  ['450.000', 450_000], ['450,000', 450_000], ['450 000', 450_000], ['450\u00a0000', 450_000],
  ['450\u202f000', 450_000], ['1.868.650', 1_868_650], ['1 868 650', 1_868_650], ['12.500', 12_500],
  [' 450.000 đ ', 450_000], ['450.000đ', 450_000], ['450000 Đ', 450_000], ['450.000\u00a0₫', 450_000],
  ['450.000 đồng', 450_000], ['450.000 đồng'.normalize('NFD'), 450_000], ['450,000 VND', 450_000], ['450.000VNĐ', 450_000],
  ['450.000,00', 450_000], ['450,000.00', 450_000], ['1.868.650,00 đ', 1_868_650], ['450 000,00', 450_000],
  // A decimal point is no thousands mark: each of these was once a hundred times as much, or ten.
  ['450000.00', undefined], ['450000,00', undefined], ['12.50', undefined], ['1,5', undefined], ['1.5.', undefined],
  ['450.00', undefined], ['450.000,5', undefined], ['450.000,50', undefined], ['450.000.00', undefined],
  // Marks that differ, groups that are no groups.
  ['1.234,567', undefined], ['1.234 567', undefined], ['1234.567', undefined], ['45.0000', undefined], ['4500.000', undefined],
  ['450..000', undefined], ['450. 000', undefined], ['.450', undefined], ['450.', undefined], ['0.450', undefined],
  ['0450000', undefined], ['1.000.000.000.000', undefined], ['1234567890123', undefined],
  ['', undefined], ['đ', undefined], ['-450.000', undefined], ['+450000', undefined], ['4,5e5', undefined],
  ['ba trăm', undefined], ['450k', undefined], ['450000 USD', undefined], ['450.000 đ đ', undefined], ['٤٥٠', undefined],
  [`450${' '.repeat(10_000)}000`, undefined],
]
