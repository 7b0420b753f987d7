#include "simulators/tables/words.h"

namespace foz::sim {
namespace {

constexpr Name kFirstNames[] = {
    {"Ana", "ana"}, {"Bob", "bob"}, {"Carla", "carla"}, {"Diego", "diego"}, {"Émile", "emile"}, {"Fatima", "fatima"},
    {"Giulia", "giulia"}, {"Hans", "hans"}, {"Ingrid", "ingrid"}, {"José", "jose"}, {"Karin", "karin"},
    {"Łukasz", "lukasz"}, {"María", "maria"}, {"Nadia", "nadia"}, {"Oliver", "oliver"}, {"Priya", "priya"},
    {"Quentin", "quentin"}, {"Renée", "renee"}, {"Søren", "soren"}, {"Thomas", "thomas"}, {"Ulises", "ulises"},
    {"Valentina", "valentina"}, {"Wei", "wei"}, {"Ximena", "ximena"}, {"Yusuf", "yusuf"}, {"Zoë", "zoe"},
    {"Александра", "aleksandra"}, {"美咲", "misaki"}, {"João", "joao"}, {"Björn", "bjorn"}, {"Chloé", "chloe"},
    {"D'Andre", "dandre"}, {"Anne-Marie", "anne-marie"}, {"Müge", "muge"}, {"Siobhán", "siobhan"}, {"Tomás", "tomas"},
    {"Grace", "grace"}, {"Henry", "henry"}, {"Isabel", "isabel"}, {"Jack", "jack"}, {"Kim", "kim"}, {"Liam", "liam"},
    {"Mia", "mia"}, {"Noah", "noah"}, {"Olga", "olga"}, {"Pablo", "pablo"}, {"Rosa", "rosa"}, {"Sam", "sam"}};

constexpr Name kLastNames[] = {
    {"Almeida", "almeida"}, {"Brown", "brown"}, {"Castañeda", "castaneda"}, {"Dvořák", "dvorak"}, {"Eriksson", "eriksson"},
    {"Fischer", "fischer"}, {"García", "garcia"}, {"Hernández", "hernandez"}, {"Ito", "ito"}, {"Johnson", "johnson"},
    {"Kowalska", "kowalska"}, {"Lefèvre", "lefevre"}, {"Müller", "muller"}, {"Nguyễn", "nguyen"}, {"O'Brien", "obrien"},
    {"Pérez", "perez"}, {"Quist", "quist"}, {"Rossi", "rossi"}, {"São Bento", "saobento"}, {"Takahashi", "takahashi"},
    {"Ünal", "unal"}, {"van der Berg", "vanderberg"}, {"Weiß", "weiss"}, {"Xu", "xu"}, {"Yılmaz", "yilmaz"},
    {"Zimmermann", "zimmermann"}, {"Иванова", "ivanova"}, {"山田", "yamada"}, {"Smith", "smith"}, {"Jones", "jones"},
    {"Taylor", "taylor"}, {"Silva", "silva"}, {"Santos", "santos"}, {"Kumar", "kumar"}, {"Lee", "lee"},
    {"Martin", "martin"}, {"Bernard", "bernard"}, {"Novák", "novak"}, {"Jensen", "jensen"}, {"Olsen", "olsen"},
    {"MacLeod", "macleod"}, {"Costa", "costa"}, {"Ferrari", "ferrari"}, {"Popescu", "popescu"}};

constexpr Name kCompanies[] = {
    {"Acme Corporation", "acme"}, {"Globex", "globex"}, {"Initech, LLC", "initech"}, {"Umbrella & Sons", "umbrella"},
    {"Café Zoë ☕", "cafezoe"}, {"Nordwind Möbel GmbH", "nordwind"}, {"Açaí do Brasil S.A.", "acaidobrasil"},
    {"Hooli", "hooli"}, {"Stark \"Industries\"", "stark"}, {"Wayne Enterprises", "wayne"}, {"Wonka's Sweets", "wonka"},
    {"株式会社サクラ", "sakura"}, {"Blue Sun", "bluesun"}, {"Soylent <Green>", "soylent"}, {"Vandelay Imports", "vandelay"},
    {"Pied Piper", "piedpiper"}, {"Tyrell", "tyrell"}, {"Cyberdyne Systems", "cyberdyne"}, {"Oceanic; Air", "oceanic"},
    {"Gringotts", "gringotts"}, {"Dunder Mifflin", "dundermifflin"}, {"Massive Dynamic", "massivedynamic"},
    {"Łódź Tkaniny", "lodz"}, {"Señor Frío", "senorfrio"}};

constexpr Place kPlaces[] = {
    {"Lisboa", "Lisboa", "Portugal", "1100-"}, {"São Paulo", "SP", "Brazil", "01310-"}, {"München", "Bayern", "Germany", "80"},
    {"Paris", "Île-de-France", "France", "75"}, {"Anniston", "Alabama", "United States", "36"},
    {"Charlotte", "North Carolina", "United States", "28"}, {"San José", "California", "United States", "95"},
    {"Montréal", "Québec", "Canada", "H2X "}, {"Zürich", "Zürich", "Switzerland", "80"}, {"Kraków", "Małopolskie", "Poland", "31-"},
    {"København", "Hovedstaden", "Denmark", "21"}, {"東京", "Tokyo", "Japan", "100-"}, {"London", "England", "United Kingdom", "EC1A "},
    {"Reykjavík", "Capital Region", "Iceland", "10"}, {"Bengaluru", "Karnataka", "India", "560"}, {"Córdoba", "Córdoba", "Argentina", "50"}};

constexpr std::string_view kStreets[] = {"Main Street", "Rua do Ouro", "Hauptstraße", "Rue de l'Église", "Buhler Crossing",
                                         "Northfield Hill", "Avenida Paulista", "Long Lane", "Plac Nowy", "Mifflin Trail",
                                         "Calle Mayor", "Kongens Nytorv", "5th Avenue", "Harbour Road", "Elm Court", "Market Square"};

constexpr std::string_view kJobTitles[] = {"Account Executive", "Buyer", "Chief Executive Officer", "Data Engineer", "Director of Sales",
                                           "Engineer", "Facilities Lead", "Head of Marketing", "Marketing Analyst", "Office Manager",
                                           "Owner", "Product Manager", "Purchasing, EMEA", "Research Scientist", "Support Agent", "VP Operations"};

constexpr std::string_view kPlainWords[] = {
    "asked", "about", "pricing", "and", "delivery", "called", "back", "on", "Monday", "wants", "a", "demo", "of", "the",
    "new", "release", "prefers", "email", "contract", "renewal", "met", "at", "fair", "in", "Köln", "needs", "invoice",
    "by", "June", "moved", "from", "trial", "to", "paid", "plan", "team", "of", "twelve", "très", "content", "não",
    "respondeu", "bereits", "Kunde", "since", "spring", "budget", "approved"};

constexpr std::string_view kMailDomains[] = {"example.com", "example.org", "example.net", "mail.example.com",
                                             "crm.example.org", "post.example.net"};
constexpr std::string_view kEmoji[] = {"🎉", "☕", "🚀", "👍🏽", "🇧🇷", "💡"};

}  // namespace

std::span<const Name> first_names() { return kFirstNames; }
std::span<const Name> last_names() { return kLastNames; }
std::span<const Name> companies() { return kCompanies; }
std::span<const Place> places() { return kPlaces; }
std::span<const std::string_view> streets() { return kStreets; }
std::span<const std::string_view> job_titles() { return kJobTitles; }
std::span<const std::string_view> plain_words() { return kPlainWords; }
std::span<const std::string_view> mail_domains() { return kMailDomains; }
std::span<const std::string_view> emoji() { return kEmoji; }

}  // namespace foz::sim
