/** A service with one function for each kind of call in the tests. */
export const KITCHEN_SINK = `module sink

// Greets a person by name.
function greet(name: String) -> String {
  "Hello, " ++ name
}

// Adds two integers.
function add(a: Int64, b: Int64) -> Int64 {
  a + b
}

// Joins texts with a separator.
function join(texts: List<String>, separator: String) -> String {
  join_from(texts, separator, 0, "")
}

// Divides an amount in cents among guests. Returns an error without guests.
function share(cents: Int64, people: Int64) -> Result<Int64, String> {
  match people > 0 {
    True -> Ok(cents / people),
    False -> Err("no guests to share with")
  }
}

// Returns every number doubled.
function doubled(numbers: List<Int64>) -> List<Int64> {
  doubled_from(numbers, [], 0)
}

// Divides without a check for zero.
function divide(a: Int64, b: Int64) -> Int64 {
  a / b
}

// Never ends.
function forever(n: Int64) -> Int64 {
  forever(n + 1)
}

// Doubles a text until the memory is full.
function explode(text: String) -> Int64 {
  explode(text ++ text)
}

// Writes a line to the log of the service.
effect[Log] function note(text: String) -> Unit {
  log_info(text)
}

function join_from(texts: List<String>, separator: String, index: Int64, built: String) -> String {
  match index < length(texts) {
    True -> {
      match index == 0 {
        True -> join_from(texts, separator, 1, nth(texts, 0)),
        False -> join_from(texts, separator, index + 1, built ++ separator ++ nth(texts, index))
      }
    },
    False -> built
  }
}

function doubled_from(numbers: List<Int64>, built: List<Int64>, index: Int64) -> List<Int64> {
  match index < length(numbers) {
    True -> doubled_from(numbers, append(built, nth(numbers, index) * 2), index + 1),
    False -> built
  }
}
`;
