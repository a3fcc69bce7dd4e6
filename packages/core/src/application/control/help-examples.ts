/** A complete Clarity module that compiles unchanged. */
export interface HelpExample {
  readonly title: string;
  readonly source: string;
}

/** The first example of the help. */
export const FIRST_SERVICE: HelpExample = {
  title: 'A service with two tools',
  source: `module greeter

// Greets a person by name.
export function greet(name: String) -> String {
  "Hello, " ++ name ++ "!"
}

// Adds two integers.
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

// Returns the price of an item, or an error when it has no price.
export function price(item: Item) -> Result<Int64, String> {
  match item.cents > 0 {
    True -> Ok(item.cents),
    False -> Err(item.name ++ " has no price")
  }
}

// Describes a payment in words.
export function describe(payment: Payment) -> String {
  match payment {
    Cash -> "in cash",
    Card(digits) -> "with the card " ++ digits
  }
}

// Reads an integer from a text. Returns none for any other text.
export function read_number(text: String) -> Option<Int64> {
  string_to_int(trim(text))
}
`,
};

export const LOOPS: HelpExample = {
  title: 'A loop is a function that calls itself last',
  source: `module totals

// Returns the sum of all numbers.
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

// Returns the number of pieces of an article, or 0 for an unknown article.
export function pieces(stock: Map<String, Int64>, article: String) -> Int64 {
  match map_get(stock, article) {
    Some(count) -> count,
    None -> 0
  }
}
`,
};

export const EFFECTS: HelpExample = {
  title: 'A function declares its effects',
  source: `module dice

// Throws one die and writes the number to the log of the service.
effect[Random, Log] function throw_die() -> Int64 {
  let number = random_int(1, 6);
  log_info("thrown: " ++ int_to_string(number));
  number
}
`,
};
