/** A complete Clarity module that compiles unchanged. */
export interface HelpExample {
  readonly title: string;
  readonly source: string;
}

export const FIRST_SERVICE: HelpExample = {
  title: 'A service of two tools',
  source: `module greeter

// Greets a person by name.
export function greet(name: String) -> String {
  "Hello, " ++ name ++ "!"
}

// The sum of two whole numbers.
export function add(a: Int64, b: Int64) -> Int64 {
  a + b
}
`,
};

export const TYPES: HelpExample = {
  title: 'Records, unions, options and results',
  source: `module orders

type Item = { name: String, cents: Int64 }

type Payment = | Cash | Card(digits: String)

// The price of an item; an error when it has none.
export function price(item: Item) -> Result<Int64, String> {
  match item.cents > 0 {
    True -> Ok(item.cents),
    False -> Err(item.name ++ " has no price")
  }
}

// How something was paid, in words.
export function describe(payment: Payment) -> String {
  match payment {
    Cash -> "in cash",
    Card(digits) -> "with the card " ++ digits
  }
}

// The number that a text holds; none when it holds none.
export function read_number(text: String) -> Option<Int64> {
  string_to_int(trim(text))
}
`,
};

export const LOOPS: HelpExample = {
  title: 'A loop is a function that calls itself last',
  source: `module totals

// The sum of all numbers.
export function sum(numbers: List<Int64>) -> Int64 {
  sum_from(numbers, 0, 0)
}

function sum_from(numbers: List<Int64>, index: Int64, total: Int64) -> Int64 {
  match index < length(numbers) {
    True -> sum_from(numbers, index + 1, total + nth(numbers, index)),
    False -> total
  }
}
`,
};

export const MAPS: HelpExample = {
  title: 'A map with text keys',
  source: `module stock

// How many pieces of an article there are; 0 when it is not listed.
export function pieces(stock: Map<String, Int64>, article: String) -> Int64 {
  match map_get(stock, article) {
    Some(count) -> count,
    None -> 0
  }
}
`,
};

export const EFFECTS: HelpExample = {
  title: 'What a function does besides its result is declared',
  source: `module dice

// Throws one die and writes the number to the log of the service.
effect[Random, Log] function throw_die() -> Int64 {
  let number = random_int(1, 6);
  log_info("thrown: " ++ int_to_string(number));
  number
}
`,
};
