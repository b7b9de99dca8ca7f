#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "brain/extract/contacts.hpp"
#include "brain/extract/lexicon.hpp"

namespace offhook::brain::extract {

/// Postcodes of a region (ISO 3166-1 alpha-2): "GB" as "SW1A 1AA", written or spelled ("s w one a, one a a", letters of
/// ICAO's alphabet too); "US" five figures, or nine, in figures or said one by one; "IN" six figures. `value` as it is
/// written on a letter.
[[nodiscard]] std::vector<ContactFound> find_postcodes(const Pieces& pieces, std::string_view region);

/// A street address.
struct AddressFound {
  std::size_t begin = 0;  ///< byte offset in the text
  std::size_t end = 0;
  std::string number;    ///< "12", "221B"
  std::string street;    ///< "Baker Street", as title case
  std::string unit;      ///< of "apartment 4", "flat 2b"; may be empty
  std::string postcode;  ///< may be empty
};

/// "221B Baker Street, London NW1 6XE", "twelve fifty Market Street apartment 4": a number, one to four words and a
/// word such as street, road, avenue. English.
[[nodiscard]] std::vector<AddressFound> find_addresses(const Pieces& pieces, std::string_view region);

}  // namespace offhook::brain::extract
