// The packed texts of Analytics sources; refused on all others. Follows: Data Prep contract, 6.13.
#include "prep/coerce.h"
#include "prep/function_tables.h"
#include "prep/text_work.h"

namespace foz::prep {
namespace {

using engine::Type;
using engine::Value;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;

/// `event101=5:123456`: its name, value and serial id.
struct Event {
  Text name;
  OptionalText value, id;
};

Event event_of(Text entry) {
  Event event;
  if (const size_t colon = entry.find(':'); colon != entry.npos) {
    event.id = entry.substr(colon + 1);
    entry = entry.substr(0, colon);
  }
  if (const size_t equal = entry.find('='); equal != entry.npos) {
    event.value = entry.substr(equal + 1);
    entry = entry.substr(0, equal);
  }
  event.name = trimmed(entry, true, true);
  return event;
}

std::optional<Event> find_event(Text events, Text name, Text separator = ",") {
  std::optional<Event> found;
  each_piece(events, separator, [&](Text entry) {
    const Event event = event_of(entry);
    if (!found && event.name == name) found = event;
  });
  return found;
}

OptionalText event_id(Text events, Text name) {
  const auto event = find_event(events, name);
  return event ? event->id : std::nullopt;
}

Outcome<double> event_value(Text events, Text name) {
  const auto event = find_event(events, name);
  if (!event) return nullptr;
  return event->value ? number_of_text(*event->value) : Outcome<double>(1.0);
}

/// `Category;Product;Quantity;Price;events;eVars`, one product after another with commas between.
template <class Read>
Value each_product(Call& call, Text products, Read read) {
  std::vector<Value> values;
  each_piece(products, ",", [&](Text product) {
    const OptionalText value = read(product);
    values.push_back(value && !value->empty() ? Value::of_text(*value) : Value());
  });
  return made_array(call, values);
}

OptionalText field(Text product, size_t wanted) {
  OptionalText found;
  size_t at = 0;
  each_piece(product, ";", [&](Text one) {
    if (at++ == wanted) found = one;
  });
  return found;
}

template <size_t Field>
Value product_field(Call& call, Text products) {
  return each_product(call, products, [](Text product) { return field(product, Field); });
}

/// A named entry of a product's events or eVars, which `|` separates.
template <size_t Field>
Value product_entry(Call& call, Text products, Text name) {
  return each_product(call, products, [&](Text product) -> OptionalText {
    const auto entries = field(product, Field);
    const auto entry = entries ? find_event(*entries, name, "|") : std::nullopt;
    return entry ? entry->value : std::nullopt;
  });
}

constexpr Parameter kEvents{"events", Type::string, "The events of a hit."};
constexpr Parameter kEvent{"event", Type::string, "The name of the event."};
constexpr Parameter kProducts{"products", Type::string, "The products of a hit."};

constexpr Function kFunctions[] = {
    {.name = "aa_get_event_id",
     .category = Category::analytics,
     .parameters = {kEvents, kEvent},
     .returns = Type::string,
     .kernel = kernel<event_id>,
     .about = "The serial id of an event. Analytics sources only.",
     .examples = {{R"(aa_get_event_id("event101=5:123456,scOpen", "event101"))", R"("123456")"}, {R"(aa_get_event_id("scOpen", "scOpen"))", "null"}}},
    {.name = "aa_get_event_value",
     .category = Category::analytics,
     .parameters = {kEvents, kEvent},
     .returns = Type::number,
     .kernel = kernel<event_value>,
     .about = "The value of an event, 1 where it has none. Analytics sources only.",
     .examples = {{R"(aa_get_event_value("event101=5:123456,scOpen", "event101"))", "5.0"}, {R"(aa_get_event_value("scOpen", "scOpen"))", "1.0"}}},
    {.name = "aa_get_product_categories",
     .category = Category::analytics,
     .parameters = {kProducts},
     .returns = Type::array,
     .kernel = kernel<product_field<0>>,
     .about = "The category of each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_categories("Shoes;Sneaker;2;80,;Hat;1;9"))", R"(["Shoes", null])"}}},
    {.name = "aa_get_product_names",
     .category = Category::analytics,
     .parameters = {kProducts},
     .returns = Type::array,
     .kernel = kernel<product_field<1>>,
     .about = "The name of each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_names("Shoes;Sneaker;2;80,;Hat;1;9"))", R"(["Sneaker", "Hat"])"}}},
    {.name = "aa_get_product_quantities",
     .category = Category::analytics,
     .parameters = {kProducts},
     .returns = Type::array,
     .kernel = kernel<product_field<2>>,
     .about = "The quantity of each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_quantities("Shoes;Sneaker;2;80,;Hat"))", R"(["2", null])"}}},
    {.name = "aa_get_product_prices",
     .category = Category::analytics,
     .parameters = {kProducts},
     .returns = Type::array,
     .kernel = kernel<product_field<3>>,
     .about = "The price of each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_prices("Shoes;Sneaker;2;80.5"))", R"(["80.5"])"}}},
    {.name = "aa_get_product_event_values",
     .category = Category::analytics,
     .parameters = {kProducts, kEvent},
     .returns = Type::array,
     .kernel = kernel<product_entry<4>>,
     .about = "The value of an event for each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_event_values(";Sneaker;2;80;event1=2.3|event2=4,;Hat", "event2"))", R"(["4", null])"}}},
    {.name = "aa_get_product_evars",
     .category = Category::analytics,
     .parameters = {kProducts, {"evar", Type::string, "The name of the eVar."}},
     .returns = Type::array,
     .kernel = kernel<product_entry<5>>,
     .about = "The value of an eVar for each product. Analytics sources only.",
     .examples = {{R"(aa_get_product_evars(";Sneaker;2;80;event1=2.3;eVar1=red|eVar2=big", "eVar1"))", R"(["red"])"}}},
};

}  // namespace

std::span<const Function> analytics_functions() { return kFunctions; }

}  // namespace foz::prep
