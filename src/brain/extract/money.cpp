#include "brain/extract/money.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "brain/extract/number_reader.hpp"

namespace offhook::brain::extract {
namespace {

struct Currency {
  std::string_view phrase;  ///< pieces joined by blanks
  std::string_view name;
  std::string_view iso;
  bool is_prefix = false;  ///< stands before the amount too
  double per_main = 0;     ///< a hundredth of what came before: "dollars and 50 cents"
};

constexpr auto kCurrencies = std::to_array<Currency>({
    {"$", "Dollar", "", true},
    {"dollar", "Dollar", "", true},
    {"dollars", "Dollar", "", false},
    {"bucks", "Dollar", "", false},
    {"buck", "Dollar", "", false},
    {"us $", "United States dollar", "USD", true},
    {"u . s $", "United States dollar", "USD", true},
    {"u . s . $", "United States dollar", "USD", true},
    {"usd", "United States dollar", "USD", true},
    {"us dollar", "United States dollar", "USD", true},
    {"us dollars", "United States dollar", "USD", false},
    {"u . s . dollars", "United States dollar", "USD", false},
    {"u . s . dollar", "United States dollar", "USD", false},
    {"american dollars", "United States dollar", "USD", false},
    {"american dollar", "United States dollar", "USD", false},
    {"united states dollar", "United States dollar", "USD", false},
    {"united states dollars", "United States dollar", "USD", false},
    {"usd $", "United States dollar", "USD", true},
    {"usd$", "United States dollar", "USD", true},
    {"c $", "Canadian dollar", "CAD", true},
    {"ca $", "Canadian dollar", "CAD", true},
    {"can $", "Canadian dollar", "CAD", true},
    {"cad $", "Canadian dollar", "CAD", true},
    {"cad", "Canadian dollar", "CAD", true},
    {"canadian dollar", "Canadian dollar", "CAD", false},
    {"canadian dollars", "Canadian dollar", "CAD", false},
    {"a $", "Australian dollar", "AUD", true},
    {"au $", "Australian dollar", "AUD", true},
    {"aud $", "Australian dollar", "AUD", true},
    {"aud", "Australian dollar", "AUD", true},
    {"australian dollar", "Australian dollar", "AUD", false},
    {"australian dollars", "Australian dollar", "AUD", false},
    {"nz $", "New Zealand dollar", "NZD", true},
    {"nzd", "New Zealand dollar", "NZD", true},
    {"new zealand dollar", "New Zealand dollar", "NZD", false},
    {"new zealand dollars", "New Zealand dollar", "NZD", false},
    {"hk $", "Hong Kong dollar", "HKD", true},
    {"hkd", "Hong Kong dollar", "HKD", true},
    {"hong kong dollar", "Hong Kong dollar", "HKD", false},
    {"hong kong dollars", "Hong Kong dollar", "HKD", false},
    {"s $", "Singapore dollar", "SGD", true},
    {"sgd", "Singapore dollar", "SGD", true},
    {"singapore dollar", "Singapore dollar", "SGD", false},
    {"singapore dollars", "Singapore dollar", "SGD", false},
    {"nt $", "New Taiwan dollar", "TWD", true},
    {"twd", "New Taiwan dollar", "TWD", true},
    {"taiwan dollars", "New Taiwan dollar", "TWD", false},
    {"new taiwan dollars", "New Taiwan dollar", "TWD", false},
    {"cent", "Cent", "", false, 100},
    {"cents", "Cent", "", false, 100},
    {"\x02", "Pound", "", true},
    {"pound", "Pound", "", false},
    {"pounds", "Pound", "", false},
    {"quid", "Pound", "", false},
    {"gbp", "British pound", "GBP", true},
    {"british pound", "British pound", "GBP", false},
    {"british pounds", "British pound", "GBP", false},
    {"pound sterling", "British pound", "GBP", false},
    {"pounds sterling", "British pound", "GBP", false},
    {"sterling", "British pound", "GBP", false},
    {"pence", "Pence", "", false, 100},
    {"penny", "Penny", "", false, 100},
    {"pennies", "Penny", "", false, 100},
    {"\x01", "Euro", "EUR", true},
    {"euro", "Euro", "EUR", true},
    {"euros", "Euro", "EUR", false},
    {"eur", "Euro", "EUR", true},
    {"\x05", "Japanese yen", "JPY", true},
    {"yen", "Japanese yen", "JPY", false},
    {"jpy", "Japanese yen", "JPY", true},
    {"japanese yen", "Japanese yen", "JPY", false},
    {"yuan", "Chinese yuan", "CNY", false},
    {"chinese yuan", "Chinese yuan", "CNY", false},
    {"rmb", "Chinese yuan", "CNY", true},
    {"cny", "Chinese yuan", "CNY", true},
    {"renminbi", "Chinese yuan", "CNY", false},
    {"kuai", "Chinese yuan", "CNY", false},
    {"mao", "Mao", "", false, 10},
    {"jiao", "Jiao", "", false, 10},
    {"\x03", "Indian rupee", "INR", true},
    {"rupee", "Rupee", "", false},
    {"rupees", "Rupee", "", false},
    {"rs", "Rupee", "", true},
    {"rs .", "Rupee", "", true},
    {"inr", "Indian rupee", "INR", true},
    {"indian rupee", "Indian rupee", "INR", false},
    {"indian rupees", "Indian rupee", "INR", false},
    {"paise", "Paisa", "", false, 100},
    {"paisa", "Paisa", "", false, 100},
    {"\x04", "Turkish lira", "TRY", true},
    {"lira", "Lira", "", false},
    {"liras", "Lira", "", false},
    {"turkish lira", "Turkish lira", "TRY", false},
    {"turkish liras", "Turkish lira", "TRY", false},
    {"try", "Turkish lira", "TRY", false},
    {"tl", "Turkish lira", "TRY", false},
    {"kuruş", "Kuruş", "", false, 100},
    {"franc", "Franc", "", false},
    {"francs", "Franc", "", false},
    {"swiss franc", "Swiss franc", "CHF", false},
    {"swiss francs", "Swiss franc", "CHF", false},
    {"chf", "Swiss franc", "CHF", true},
    {"french francs", "French franc", "", false},
    {"belgian francs", "Belgian franc", "", false},
    {"peso", "Peso", "", false},
    {"pesos", "Peso", "", false},
    {"mex $", "Mexican peso", "MXN", true},
    {"mxn", "Mexican peso", "MXN", true},
    {"mexican peso", "Mexican peso", "MXN", false},
    {"mexican pesos", "Mexican peso", "MXN", false},
    {"philippine pesos", "Philippine peso", "PHP", false},
    {"real", "Brazilian real", "BRL", false},
    {"reais", "Brazilian real", "BRL", false},
    {"reals", "Brazilian real", "BRL", false},
    {"r $", "Brazilian real", "BRL", true},
    {"brl", "Brazilian real", "BRL", true},
    {"brazilian reals", "Brazilian real", "BRL", false},
    {"won", "Won", "", false},
    {"korean won", "South Korean won", "KRW", false},
    {"south korean won", "South Korean won", "KRW", false},
    {"krw", "South Korean won", "KRW", true},
    {"ruble", "Ruble", "", false},
    {"rubles", "Ruble", "", false},
    {"rouble", "Ruble", "", false},
    {"roubles", "Ruble", "", false},
    {"russian ruble", "Russian ruble", "RUB", false},
    {"russian rubles", "Russian ruble", "RUB", false},
    {"rub", "Russian ruble", "RUB", false},
    {"mark", "Mark", "", false},
    {"marks", "Mark", "", false},
    {"deutsche marks", "German mark", "DEM", false},
    {"krona", "Krona", "", false},
    {"kronor", "Krona", "", false},
    {"swedish kronor", "Swedish krona", "SEK", false},
    {"swedish krona", "Swedish krona", "SEK", false},
    {"sek", "Swedish krona", "SEK", true},
    {"krone", "Krone", "", false},
    {"kroner", "Krone", "", false},
    {"nok", "Norwegian krone", "NOK", true},
    {"dkk", "Danish krone", "DKK", true},
    {"norwegian kroner", "Norwegian krone", "NOK", false},
    {"danish kroner", "Danish krone", "DKK", false},
    {"dirham", "Dirham", "", false},
    {"dirhams", "Dirham", "", false},
    {"aed", "United Arab Emirates dirham", "AED", true},
    {"riyal", "Riyal", "", false},
    {"riyals", "Riyal", "", false},
    {"zloty", "Polish złoty", "PLN", false},
    {"zlotys", "Polish złoty", "PLN", false},
    {"pln", "Polish złoty", "PLN", true},
    {"rand", "South African rand", "ZAR", false},
    {"zar", "South African rand", "ZAR", true},
    {"baht", "Thai baht", "THB", false},
    {"thb", "Thai baht", "THB", true},
    {"shekel", "Israeli new shekel", "ILS", false},
    {"shekels", "Israeli new shekel", "ILS", false},
    {"forint", "Hungarian forint", "HUF", false},
    {"huf", "Hungarian forint", "HUF", true},
    {"ringgit", "Malaysian ringgit", "MYR", false},
    {"dinar", "Dinar", "", false},
    {"dinars", "Dinar", "", false},
    {"rupiah", "Indonesian rupiah", "IDR", false},
    {"naira", "Nigerian naira", "NGN", false},
    {"hryvnia", "Ukrainian hryvnia", "UAH", false},
    {"\x06", "Georgian lari", "GEL", true},
    {"lari", "Georgian lari", "GEL", false},
    {"bitcoin", "Bitcoin", "", false},
    {"bitcoins", "Bitcoin", "", false},
    {"btc", "Bitcoin", "", true},
    {"satoshi", "Satoshi", "", false},
    {"satoshis", "Satoshi", "", false},
    {"ethereum", "Ethereum", "", false},
    {"lei", "Romanian leu", "RON", false},
    {"lev", "Bulgarian lev", "BGN", false},
});

struct Match {
  const Currency* currency = nullptr;
  std::size_t next = 0;
};

// The longest name of a currency at `at`. A symbol may be joined to its amount; a word may only follow figures so.
Match currency_at(const Pieces& pieces, std::size_t at) {
  Match best;
  for (const auto& currency : kCurrencies) {
    std::string_view rest = currency.phrase;
    std::size_t i = at;
    bool is_same = true;
    while (is_same && !rest.empty()) {
      const std::size_t blank = rest.find(' ');
      const std::string_view word = rest.substr(0, blank);
      is_same = pieces[i].text == word;
      ++i;
      rest = blank == std::string_view::npos ? std::string_view() : rest.substr(blank + 1);
    }
    // "a $5 coupon", "its $ 3": an article and an ending, not Australia and Singapore.
    const bool is_word_of_its_own = (currency.phrase == "a $" || currency.phrase == "s $") && !pieces[at + 1].is_glued;
    if (is_same && !is_word_of_its_own && i > best.next) best = {&currency, i};
  }
  return best;
}

bool is_name(const Currency& currency) { return currency.phrase.size() > 3 && !currency.phrase.contains('$'); }

// "50" or "fifty" after "dollars": its cents.
std::optional<Number> bare_cents(const Pieces& pieces, std::size_t at) {
  auto cents = read_small(pieces, at, 1, 99);
  if (!cents || pieces.is(cents->next, Word::unit) || pieces.is(cents->next, Word::scale) ||
      pieces.is(cents->next, Word::hundred))
    return std::nullopt;
  if (pieces.is_mark(cents->next, '.') && pieces[cents->next].is_glued && pieces.is_figures(cents->next + 1))
    return std::nullopt;
  if (pieces[cents->next].is_glued &&
      (pieces.is_mark(cents->next, '%') || pieces[cents->next].kind == Piece::Kind::word))
    return std::nullopt;
  if (currency_at(pieces, cents->next).currency != nullptr) return std::nullopt;
  // A following noun would be counted: "10 dollars 20 people".
  const Piece& after = pieces[cents->next];
  if (after.kind == Piece::Kind::word && after.text != "for" && after.text != "a" && after.text != "per" &&
      after.text != "and" && after.text != "in")
    return std::nullopt;
  return cents;
}

}  // namespace

std::vector<MoneyFound> find_money(const Pieces& pieces) {
  std::vector<MoneyFound> all;
  const auto add = [&](std::size_t at, std::size_t next, std::optional<double> amount, const Currency& currency) {
    all.push_back({.begin = pieces[at].begin,
                   .end = pieces[next - 1].end,
                   .amount = amount,
                   .currency = currency.name,
                   .iso = currency.iso});
    return next;
  };
  for (std::size_t at = 0; at < pieces.size();) {
    if (const Match prefix = currency_at(pieces, at); prefix.currency != nullptr) {
      const auto amount = read_count(pieces, prefix.next);
      const bool is_code = prefix.currency->phrase.size() == 3 || prefix.currency->phrase == "dollar";
      if (amount && prefix.currency->is_prefix && (amount->in_figures || !is_code)) {
        // "1 $ 5": the sign belongs to the amount before it only when that one touches it.
        at = add(at, amount->next, amount->value, *prefix.currency);
        continue;
      }
      const bool is_alone = prefix.currency->phrase == "dollar" || prefix.currency->phrase == "euro";
      at = is_alone ? add(at, prefix.next, std::nullopt, *prefix.currency) : prefix.next;
      continue;
    }
    auto amount = read_any_number(pieces, at);
    if (!amount || pieces.is(at, Word::few)) {
      ++at;
      continue;
    }
    const bool is_glued_word = pieces[at].is_glued && at > 0 && pieces[at - 1].kind == Piece::Kind::word;
    std::size_t name_at = amount->next;
    if (pieces.is_mark(name_at, '-') && pieces[name_at].is_glued && pieces[name_at + 1].kind == Piece::Kind::word)
      ++name_at;
    Match name = currency_at(pieces, name_at);
    // "30 MUSD": millions of a code.
    double factor = 1;
    if (name.currency == nullptr && pieces[name_at].text.size() == 4 && pieces[name_at].text[0] == 'm') {
      for (const auto& currency : kCurrencies) {
        if (currency.phrase.size() == 3 && !currency.iso.empty() && pieces[name_at].text.substr(1) == currency.phrase) {
          name = {&currency, name_at + 1};
          factor = 1e6;
        }
      }
    }
    if (name.currency == nullptr || is_glued_word) {
      at = amount->next;
      continue;
    }
    // "10 $ 20": the sign before a figure is that figure's, unless a gap and no gap say otherwise.
    if (name.currency->is_prefix && name.currency->phrase.size() <= 4 && pieces.is_figures(name.next) &&
        !pieces[name_at].is_glued && pieces[name.next].is_glued) {
      at = name_at;
      continue;
    }
    double value = amount->value * factor;
    std::size_t next = name.next;
    const Currency* currency = name.currency;
    if (is_name(*currency) && currency->per_main == 0 && std::fmod(value, 1) == 0) {
      std::size_t more_at = pieces.is(next, Word::and_) ? next + 1 : next;
      const auto more = read_small(pieces, more_at, 1, 99);
      const Match part = more ? currency_at(pieces, more->next) : Match{};
      if (part.currency != nullptr && part.currency->per_main > 0) {
        value += more->value / part.currency->per_main;
        next = part.next;
        // "five mao five": a digit of the next smaller coin.
        if (const auto last = part.currency->per_main == 10 ? read_small(pieces, next, 1, 9) : std::nullopt) {
          value += last->value / 100;
          next = last->next;
        }
      } else if (const auto cents = bare_cents(pieces, more_at)) {
        value += cents->value / 100;
        next = cents->next;
      }
    }
    at = add(at, next, value, *currency);
  }
  return all;
}

}  // namespace offhook::brain::extract
