/* Levels by distance and the losses of air. */
#include "render/model/distance.h"

#include <math.h>
#include <stddef.h>

#include "render/base/units.h"

/* ISO 9613-1:1993: reference and triple point temperatures, 4.2 and annex B. */
static const double absolute_zero_c = -273.15;
static const double reference_kelvin = 293.15;
static const double triple_point_kelvin = 273.16;
static const double reference_kpa = 101.325;

static double at_least_reference(const DistanceLaw *law, double distance_m) {
    return fmax(distance_m, law->reference_m);
}

static double inverse_gain(const DistanceLaw *law, double distance_m) {
    const double beyond_m = at_least_reference(law, distance_m) - law->reference_m;
    return law->reference_m / (law->reference_m + law->rolloff * beyond_m);
}

static double linear_gain(const DistanceLaw *law, double distance_m) {
    const double at_m = fmin(at_least_reference(law, distance_m), law->most_m);
    const double way = (at_m - law->reference_m) / (law->most_m - law->reference_m);
    return fmax(0.0, 1.0 - law->rolloff * way);
}

static double exponential_gain(const DistanceLaw *law, double distance_m) {
    return exact_pow(at_least_reference(law, distance_m) / law->reference_m, -law->rolloff);
}

static double log_gain(const DistanceLaw *law, double distance_m) {
    const double doublings = exact_log2(at_least_reference(law, distance_m) / law->reference_m);
    return gain_from_db(-6.02 * law->rolloff * doublings);
}

static double whole_gain(const DistanceLaw *law, double distance_m) {
    switch (law->kind) {
    case DISTANCE_INVERSE:
        return inverse_gain(law, distance_m);
    case DISTANCE_INVERSE_CLAMPED:
        return law->reference_m / fmax(distance_m, law->least_m);
    case DISTANCE_LINEAR:
        return linear_gain(law, distance_m);
    case DISTANCE_EXPONENTIAL:
        return exponential_gain(law, distance_m);
    case DISTANCE_LOG:
        return log_gain(law, distance_m);
    case DISTANCE_NONE:
    default:
        return 1.0;
    }
}

double distance_gain(const DistanceLaw *law, double distance_m) {
    const double gain = whole_gain(law, distance_m);
    return law->is_halved ? sqrt(gain) : gain;
}

const char *distance_kind_name(int kind) {
    static const char *const names[] = {"none",   "inverse",     "inverse-clamped",
                                        "linear", "exponential", "log"};
    const int count = (int)(sizeof names / sizeof *names);
    return kind >= 0 && kind < count ? names[kind] : NULL;
}

/* Molar concentration of water vapour in percent. Annex B, (B.1) - (B.3). */
static double water_percent(const Air *air, double kelvin) {
    const double exponent = -6.8346 * exact_pow(triple_point_kelvin / kelvin, 1.261) + 4.6151;
    const double saturation = exact_pow(10.0, exponent);
    return air->humidity_percent * saturation * reference_kpa / air->pressure_kpa;
}

double air_absorption_db_per_m(double frequency_hz, const Air *air) {
    const double kelvin = air->temperature_c - absolute_zero_c;
    const double pressure = air->pressure_kpa / reference_kpa;
    const double warmth = kelvin / reference_kelvin;
    const double water = water_percent(air, kelvin);
    /* relaxation of oxygen (3) and nitrogen (4) */
    const double oxygen_hz = pressure * (24.0 + 4.04e4 * water * (0.02 + water) / (0.391 + water));
    const double nitrogen_hz =
        pressure / sqrt(warmth) *
        (9.0 + 280.0 * water * exact_exp(-4.170 * (exact_pow(warmth, -1.0 / 3.0) - 1.0)));
    const double squared = frequency_hz * frequency_hz;
    const double classical = 1.84e-11 / pressure * sqrt(warmth);
    const double oxygen = 0.01275 * exact_exp(-2239.1 / kelvin) / (oxygen_hz + squared / oxygen_hz);
    const double nitrogen =
        0.1068 * exact_exp(-3352.0 / kelvin) / (nitrogen_hz + squared / nitrogen_hz);
    const double relaxation = exact_pow(warmth, -2.5) * (oxygen + nitrogen);
    return 8.686 * squared * (classical + relaxation); /* (5) */
}
