/* Every member of a layer, a room, a bus and what they are made of: which keys it is in. */
#include "tests/support/key_scene.h"

static const Field fields[] = {
    FIELD(Mix, title, WORD, "NI"),
    FIELD(Mix, code, WORD, "NI"),
    FIELD(Mix, cut, WORD, "NI"),
    FIELD(Mix, reel, WORD, "NI"),
    FIELD(Mix, version, MORE, "NI"),
    FIELD(Mix, rate_hz, MORE, "PARWDSQMENI"),
    FIELD(Mix, frame_rate_numerator, MORE, "I"),
    FIELD(Mix, frame_rate_denominator, MORE, "I"),
    FIELD(Mix, is_drop_frame, OWN, ""),
    FIELD(Mix, start_frames, MORE, "I"),
    FIELD(Mix, time_reference, OWN, ""),
    FIELD(Mix, programme_samples, MORE, ""),
    FIELD(Mix, length_samples, LESS, "AWQMENI"),
    FIELD(Mix, joins_by_sample, FLIP, "MN-I"),
    FIELD(Mix, seed, MORE, "ARWSQMENI"),
    FIELD(Mix, fft, MORE, "ARWDSQMENI"),
    FIELD(Mix, has_standard_motion, FLIP, "WDSQMENI"),
    FIELD(Mix, files, OWN, ""),
    FIELD(Mix, file_count, OWN, ""),
    FIELD(Mix, layers, OWN, ""),
    FIELD(Mix, layer_count, OWN, ""),
    FIELD(Mix, ceilings, OWN, ""),
    FIELD(Mix, ceiling_count, OWN, ""),
    FIELD(Mix, stems, OWN, ""),
    FIELD(Mix, stem_count, OWN, ""),
    FIELD(Mix, full_stems, FLAGS, "QMN-I"),
    FIELD(Mix, rooms, OWN, ""),
    FIELD(Mix, room_count, OWN, ""),
    FIELD(Mix, buses, OWN, ""),
    FIELD(Mix, bus_count, OWN, ""),
    FIELD(Mix, deliverables, OWN, ""),
    FIELD(Mix, deliverable_count, OWN, ""),
    FIELD(Mix, markers, OWN, ""),
    FIELD(Mix, marker_count, OWN, ""),
    FIELD(Mix, scenes, OWN, ""),
    FIELD(Mix, cues, OWN, ""),
    FIELD(Mix, scene_count, OWN, ""),
    FIELD(Mix, cue_count, OWN, ""),
    FIELD(Mix, room_impulse, OWN, ""),
    FIELD(Mix, room_reflections, OWN, ""),
    FIELD(Mix, room_walls, OWN, ""),
    FIELD(Mix, impulse_read, OWN, ""),
    FIELD(Mix, sound_metadata, OWN, ""),
    FIELD(Mix, layer_responses, OWN, ""),

    FIELD(MixFile, path, WORD, ""),
    FIELD(MixFile, real_path, WORD, ""),
    FIELD(MixFile, place, OWN, ""),
    FIELD(MixFile, sha256, DIGIT, "PWDSQMENI"),
    FIELD(MixFile, size_bytes, MORE, ""),
    FIELD(MixFile, modified_ns, MORE, ""),
    FIELD(MixFile, channel_count, MORE, ""),
    FIELD(MixFile, rate_hz, MORE, ""),
    FIELD(MixFile, frame_count, MORE, ""),
    FIELD(MixFile, is_open, FLIP, ""), /* a layer with filters is stored either way */

    FIELD(MixLayer, id, WORD, ""),
    FIELD(MixLayer, place, OWN, ""),
    FIELD(MixLayer, stem, MORE, "WDSQMENI"),
    FIELD(MixLayer, file, MORE, "PWDSQMENI"),
    FIELD(MixLayer, written, MORE, ""),
    FIELD(MixLayer, layout, LAYOUT, "WDSQMENI"),
    FIELD(MixLayer, tracks, COUNTS, "PWDSQMENI"),
    FIELD(MixLayer, start, MORE, "PWDSQMENI"),
    FIELD(MixLayer, length_samples, LESS, "PWDSQMENI"),
    FIELD(MixLayer, is_snapped, FLIP, ""),
    FIELD(MixLayer, snap_shift_samples, MORE, ""),
    FIELD(MixLayer, clips, OWN, ""),
    FIELD(MixLayer, clip_count, LESS, "PWDSQMENI"),
    FIELD(MixLayer, splices, OWN, ""),
    FIELD(MixLayer, splice_count, OWN, ""),
    FIELD(MixLayer, speed, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, delay_fraction, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, gain, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, filters, OWN, ""),
    FIELD(MixLayer, filter_count, LESS, "PWDSQMENI"),
    FIELD(MixLayer, attack_db, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, sustain_db, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, shape_lanes, OWN, ""),
    FIELD(MixLayer, shape_lane_count, LESS, "PWDSQMENI"),
    FIELD(MixLayer, lfe_gain, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, lfe_below_hz, NUDGE, "PWDSQMENI"),
    FIELD(MixLayer, lanes, OWN, ""),
    FIELD(MixLayer, lane_count, LESS, "PWDSQMENI"),
    FIELD(MixLayer, path, OWN, ""),
    FIELD(MixLayer, is_object, FLIP, "PWDSQMENI"),
    FIELD(MixLayer, panner, PANNER, "WDSQMENI"),
    FIELD(MixLayer, width, NUDGE, "WDSQMENI"),
    FIELD(MixLayer, width_lane, NONE, "WDSQMENI"),
    FIELD(MixLayer, width_factors, OWN, ""),
    FIELD(MixLayer, width_factor_count, LESS, "WDSQMENI"),
    FIELD(MixLayer, distance_lane, NONE, "WDSQMENI"),
    FIELD(MixLayer, ambisonic, OWN, ""),
    FIELD(MixLayer, travel, OWN, ""),
    FIELD(MixLayer, distance, OWN, ""),
    FIELD(MixLayer, direct_db, NUDGE, "WDSQMENI"),
    FIELD(MixLayer, is_spread_near, FLIP, "WDSQMENI"),
    FIELD(MixLayer, head_mode, MORE, "WSQMNI"),
    FIELD(MixLayer, is_binaural, FLIP, ""),
    FIELD(MixLayer, channel_gains, NUMBERS, "PWDSQMENI"),
    FIELD(MixLayer, is_speaker, FLIP, "WDSQMENI"),
    FIELD(MixLayer, has_sides_only, FLIP, "WDSQMENI"),
    FIELD(MixLayer, direct_speaker, NONE, "WDSQMENI"),
    FIELD(MixLayer, sends, OWN, ""),
    FIELD(MixLayer, send_count, LESS, "WSQMENI"),

    FIELD(MixAmbisonic, is_n3d, FLIP, "WDQMENI"),
    FIELD(MixAmbisonic, is_adm, FLIP, "WDQMENI"),
    FIELD(MixAmbisonic, yaw_deg, NUDGE, "WDQMENI"),
    FIELD(MixAmbisonic, pitch_deg, NUDGE, "WDQMENI"),
    FIELD(MixAmbisonic, roll_deg, NUDGE, "WDQMENI"),
    FIELD(MixAmbisonic, has_decoder, FLIP, "WDQMENI"),
    FIELD(MixAmbisonic, has_max_re, FLIP, "WDQMENI"),
    FIELD(MixAmbisonic, decoder, MORE, "WDQMENI"),
    FIELD(MixAmbisonic, max_re, FLIP, "WDQMENI"),
    FIELD(MixAmbisonic, crossover_hz, NUDGE, "PWDQMENI"),
    FIELD(MixAmbisonic, high_weights, OWN, ""),

    FIELD(MixTravel, has_doppler, FLIP, "PWDSQMENI"),
    FIELD(MixTravel, has_air, FLIP, "PWDSQMENI"),
    FIELD(MixTravel, nearest_m, NUDGE, "PWDSQMENI"),
    FIELD(MixTravel, reference_m, NUDGE, "PWDSQMENI"),
    FIELD(MixTravel, extra_m, NUDGE, "PWDSQMENI"),
    FIELD(MixTravel, air_lanes, OWN, ""),
    FIELD(MixTravel, air_lane_count, LESS, "PWDSQMENI"),
    FIELD(MixTravel, ring_samples, MORE, "PWDSQMENI"),
    FIELD(MixTravel, reach_samples, MORE, ""),

    FIELD(DistanceLaw, kind, MORE, "WDSQMENI"),
    FIELD(DistanceLaw, reference_m, NUDGE, "WDSQMENI"),
    FIELD(DistanceLaw, rolloff, NUDGE, "WDSQMENI"),
    FIELD(DistanceLaw, least_m, NUDGE, "WDSQMENI"),
    FIELD(DistanceLaw, most_m, NUDGE, "WDSQMENI"),
    FIELD(DistanceLaw, is_halved, FLIP, ""),

    FIELD(MixFilter, kind, MORE, "PWDSQMENI"),
    FIELD(MixFilter, frequency_hz, NUDGE, "PWDSQMENI"),
    FIELD(MixFilter, slope_db_per_octave, MORE, "PWDSQMENI"),
    FIELD(MixFilter, gain_db, NUDGE, "PWDSQMENI"),
    FIELD(MixFilter, q, NUDGE, "PWDSQMENI"),
    FIELD(MixFilter, lane, NONE, "PWDSQMENI"),

    FIELD(MixClip, at_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, from_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, length_samples, LESS, "PWDSQMENI"),
    FIELD(MixClip, fade_in_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, fade_out_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, gain, NUDGE, "PWDSQMENI"),
    FIELD(MixClip, before_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, behind_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, splice_in_samples, MORE, "PWDSQMENI"),
    FIELD(MixClip, splice_out_samples, MORE, "PWDSQMENI"),

    FIELD(Lane, kind, MORE, "PWDSQMENI"),
    FIELD(Lane, room, MORE, ""),
    FIELD(Lane, segments, OWN, ""),
    FIELD(Lane, segment_count, LESS, "PWDSQMENI"),

    FIELD(LaneSegment, begin, MORE, "PWDSQMENI"),
    FIELD(LaneSegment, end, MORE, "PWDSQMENI"),
    FIELD(LaneSegment, from, NUDGE, "PWDSQMENI"),
    FIELD(LaneSegment, to, NUDGE, "PWDSQMENI"),
    FIELD(LaneSegment, shape, MORE, "PWDSQMENI"),
    FIELD(LaneSegment, lead_samples, MORE, "PWDSQMENI"),

    FIELD(Trajectory, points, OWN, ""),
    FIELD(Trajectory, point_count, LESS, "PWDSQMENI"),
    FIELD(Trajectory, curve, MORE, "PWDSQMENI"),
    FIELD(Trajectory, polar_of, OWN, ""),
    FIELD(Trajectory, runs, OWN, ""),
    FIELD(Trajectory, run_count, OWN, ""),

    FIELD(PathRun, begin, MORE, "PWDSQMENI"),
    FIELD(PathRun, later_samples, MORE, "PWDSQMENI"),
    FIELD(PathRun, of, OWN, ""),

    FIELD(PathPoint, time, MORE, "PWDSQMENI"),
    FIELD(PathPoint, rest_samples, NUDGE, "PWDSQMENI"),
    FIELD(PathPoint, state, OWN, ""),

    FIELD(ObjectState, position, OWN, ""),
    FIELD(ObjectState, is_cartesian, FLIP, "PWDSQMENI"),
    FIELD(ObjectState, x, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, y, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, z, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, width, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, height, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, depth, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, divergence, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, divergence_range, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, is_locked, FLIP, "PWDSQMENI"),
    FIELD(ObjectState, has_lock_distance, FLIP, "PWDSQMENI"),
    FIELD(ObjectState, lock_distance, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, diffuse, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, gain_db, NUDGE, "PWDSQMENI"),
    FIELD(ObjectState, zones, OWN, ""),
    FIELD(ObjectState, zone_count, LESS, "PWDSQMENI"),

    FIELD(Position, azimuth_deg, NUDGE, "PWDSQMENI"),
    FIELD(Position, elevation_deg, NUDGE, "PWDSQMENI"),
    FIELD(Position, distance_m, NUDGE, "PWDSQMENI"),
    FIELD(Position, spread_deg, NUDGE, "PWDSQMENI"),

    FIELD(ExclusionZone, is_cartesian, FLIP, "PWDSQMENI"),
    FIELD(ExclusionZone, azimuth_min_deg, NUDGE, "PWDSQMENI"),
    FIELD(ExclusionZone, azimuth_max_deg, NUDGE, "PWDSQMENI"),
    FIELD(ExclusionZone, elevation_min_deg, NUDGE, "PWDSQMENI"),
    FIELD(ExclusionZone, elevation_max_deg, NUDGE, "PWDSQMENI"),
    FIELD(ExclusionZone, x_min, OWN, ""),
    FIELD(ExclusionZone, x_max, OWN, ""),
    FIELD(ExclusionZone, y_min, OWN, ""),
    FIELD(ExclusionZone, y_max, OWN, ""),
    FIELD(ExclusionZone, z_min, OWN, ""),
    FIELD(ExclusionZone, z_max, OWN, ""),

    FIELD(MixSend, room, MORE, "WSQMENI"),
    FIELD(MixSend, gain, NUDGE, "WSQMENI"),
    FIELD(MixSend, lanes, OWN, ""),
    FIELD(MixSend, lane_count, LESS, "WSQMENI"),
    FIELD(MixSend, distance, NONE, "WSQMENI"),

    FIELD(MixCeiling, id, WORD, ""),
    FIELD(MixCeiling, is_in, FLAGS, "AWDSQMENI"),
    FIELD(MixCeiling, ceiling_lufs, NUDGE, "AWQMENI"),
    FIELD(MixCeiling, window, MORE, "AWQMENI"),
    FIELD(MixCeiling, share, OWN, ""),

    FIELD(MixStem, id, WORD, "NI"),
    FIELD(MixStem, role, WORD, "NI"),
    FIELD(MixStem, gain, NUDGE, "WDQMENI"),

    FIELD(MixShoebox, size_m, NUDGE, "ARWSQMENI"),
    FIELD(MixShoebox, t60_s, NUDGE, "ARWSQMENI"),
    FIELD(MixShoebox, t60_hf_s, NUDGE, "ARWSQMENI"),
    FIELD(MixShoebox, listener_m, NUDGE, "ARWSQMENI"),
    FIELD(MixShoebox, order, MORE, "ARWSQMENI"),

    FIELD(MixRoom, id, WORD, "ARWSQMENI"),
    FIELD(MixRoom, place, OWN, ""),
    FIELD(MixRoom, is_shoebox, FLIP, "ARWSQMENI"),
    FIELD(MixRoom, shoebox, OWN, ""),
    FIELD(MixRoom, file, MORE, ""),
    FIELD(MixRoom, layout, OWN, ""),
    FIELD(MixRoom, input, OWN, ""),
    FIELD(MixRoom, is_true_stereo, FLIP, ""),
    FIELD(MixRoom, normalise, FLIP, "ARWSQMENI"),
    FIELD(MixRoom, early_s, NUDGE, "ARWSQMENI"),
    FIELD(MixRoom, predelay_samples, MORE, "AWSQMENI"),
    FIELD(MixRoom, gain, NUDGE, "ARWSQMENI"),
    FIELD(MixRoom, truncate_db, NUDGE, "ARWSQMENI"),
    FIELD(MixRoom, part_of, OWN, ""),
    FIELD(MixRoom, opens, OWN, ""),
    FIELD(MixRoom, returns, OWN, ""),
    FIELD(MixRoom, return_count, LESS, "AWSQMENI"),
    FIELD(MixRoom, split, MORE, "ARWSQMENI"),
    FIELD(MixRoom, split_from, OWN, ""),

    FIELD(BusFold, name, WORD, ""),
    FIELD(BusFold, source, OWN, ""),
    FIELD(BusFold, input_count, LESS, "AWQMENI"),
    FIELD(BusFold, gains, NUMBERS, "AWQMENI"),
    FIELD(BusFold, shifted, NUMBERS, "AWQMENI"),
    FIELD(BusFold, shift_taps, OWN, ""),
    FIELD(BusFold, shift_tap_count, MORE, "AWQMENI"),
    FIELD(BusFold, stem_gains, NUMBERS, "AWQMENI"),
    FIELD(BusFold, delays_samples, TIMES, "AWQMENI"),
    FIELD(BusFold, longest_delay_samples, OWN, ""),

    FIELD(MixBus, layout, LAYOUT, "ARWDSQMENI"),
    FIELD(MixBus, panner, PANNER, "ARWDSQMENI"),
    FIELD(MixBus, sofa_file, MORE, "ARWDSQMENI"),
    FIELD(MixBus, decoder, MORE, "WDQMENI"),
    FIELD(MixBus, max_re, FLIP, "WDQMENI"),
    FIELD(MixBus, speakers, LAYOUT, "ARWDSQMENI"),
    FIELD(MixBus, fold, OWN, ""),
    FIELD(MixBus, is_object, FLAGS, "WDSQMENI"),

    FIELD(DirectSpeaker, labels, WORDS, "WDSQMENI"),
    FIELD(DirectSpeaker, label_count, LESS, "WDSQMENI"),
    FIELD(DirectSpeaker, pack_id, WORD, "WDSQMENI"),
    FIELD(DirectSpeaker, is_cartesian, FLIP, "WDSQMENI"),
    FIELD(DirectSpeaker, azimuth, OWN, ""),
    FIELD(DirectSpeaker, elevation, OWN, ""),
    FIELD(DirectSpeaker, distance, OWN, ""),
    FIELD(DirectSpeaker, x, OWN, ""),
    FIELD(DirectSpeaker, y, OWN, ""),
    FIELD(DirectSpeaker, z, OWN, ""),
    FIELD(DirectSpeaker, horizontal_edge, MORE, "WDSQMENI"),
    FIELD(DirectSpeaker, vertical_edge, MORE, "WDSQMENI"),
    FIELD(DirectSpeaker, low_pass_hz, NUDGE, "WDSQMENI"),
    FIELD(DirectSpeaker, high_pass_hz, NUDGE, "WDSQMENI"),

    FIELD(BoundedValue, value, NUDGE, "WDSQMENI"),
    FIELD(BoundedValue, least, NUDGE, "WDSQMENI"),
    FIELD(BoundedValue, most, NUDGE, "WDSQMENI"),

    FIELD(Channel, label, WORD, "ARWDSQMENI"),
    FIELD(Channel, role, MORE, "ARWDSQMENI"),
    FIELD(Channel, position.azimuth_deg, NUDGE, "ARWDSQMENI"),
    FIELD(Channel, position.elevation_deg, NUDGE, "ARWDSQMENI"),
    FIELD(Channel, position.distance_m, NUDGE, ""),
    FIELD(Channel, position.spread_deg, NUDGE, ""),
    FIELD(Channel, wave_bit, MORE, ""),
    FIELD(Channel, loudness_weight, NUDGE, "ARWDSQMENI"),

    FIELD(Loudspeaker, real.azimuth_deg, NUDGE, "ARWDSQMENI"),
    FIELD(Loudspeaker, real.elevation_deg, NUDGE, "ARWDSQMENI"),
    FIELD(Loudspeaker, real.distance_m, NUDGE, ""),
    FIELD(Loudspeaker, real.spread_deg, NUDGE, ""),
    FIELD(Loudspeaker, gain, OWN, ""),
    FIELD(Loudspeaker, delay_s, OWN, ""),
};
enum { FIELDS = sizeof fields / sizeof *fields };

/* What stands elsewhere than in the layer that has it all. */
static const Field more_fields[] = {
    FIELD_OF(shape_lane, LaneSegment, to, NUDGE, "PWDSQMENI"),
    FIELD_OF(air_lane, LaneSegment, to, NUDGE, "PWDSQMENI"),
    FIELD_OF(filter_lane, LaneSegment, to, NUDGE, "PWDSQMENI"),
    FIELD_OF(width_lane, LaneSegment, to, NUDGE, "WDSQMENI"),
    FIELD_OF(width_factor, LaneSegment, to, NUDGE, "WDSQMENI"),
    FIELD_OF(distance_lane, LaneSegment, to, NUDGE, "WDSQMENI"),
    FIELD_OF(send_lane, LaneSegment, to, NUDGE, "WSQMENI"),
    FIELD_OF(return_lane, LaneSegment, to, NUDGE, "AWSQMENI"),
    FIELD_OF(cut_path, Trajectory, run_count, LESS, "PWDSQMENI"),
    /* the others follow from it and the layout */
    FIELD_OF(MixAmbisonic, MixAmbisonic, high_weights[0], NUDGE, "PWDQMENI"),
    FIELD_OF(share, LaneSegment, begin, MORE, "AWQMENI"),
    FIELD_OF(share, LaneSegment, end, MORE, "AWQMENI"),
    FIELD_OF(share, LaneSegment, from, NUDGE, "AWQMENI"),
    FIELD_OF(share, LaneSegment, to, NUDGE, "AWQMENI"),
    FIELD_OF(share, LaneSegment, shape, MORE, "WQMENI"), /* of all ceilings the same */
    FIELD_OF(virtual_channel, Channel, label, WORD, "ARWDSQMENI"),
    FIELD_OF(virtual_place, Loudspeaker, real.azimuth_deg, NUDGE, "ARWDSQMENI"),
    FIELD_OF(own_channel, Channel, label, WORD, "WDQMENI"),
    FIELD_OF(own_place, Loudspeaker, real.azimuth_deg, NUDGE, "WDQMENI"),
    FIELD_OF(fold_channel, Channel, loudness_weight, NUDGE, "AWQMENI"),
    FIELD_OF(echo_channel, Channel, label, WORD, "ARWSQMENI"),
    FIELD_OF(echo_place, Loudspeaker, real.azimuth_deg, NUDGE, "ARWSQMENI"),
    FIELD_OF(send_law, DistanceLaw, kind, MORE, "WSQMENI"),
    FIELD_OF(send_law, DistanceLaw, reference_m, NUDGE, "WSQMENI"),
    FIELD_OF(send_law, DistanceLaw, rolloff, NUDGE, "WSQMENI"),
    FIELD_OF(send_law, DistanceLaw, least_m, NUDGE, "WSQMENI"),
    FIELD_OF(send_law, DistanceLaw, most_m, NUDGE, "WSQMENI"),
    FIELD_OF(send_law, DistanceLaw, is_halved, FLIP, "WSQMENI"),
    /* of a file: what comes back changes with the response, what is sent does not */
    FIELD_OF(echo, MixRoom, file, LESS, "ARWSQMENI"),
    FIELD_OF(echo, MixRoom, layout, LAYOUT, "ARWSQMENI"),
    FIELD_OF(echo, MixRoom, is_true_stereo, FLIP, "ARWSQMENI"),
    FIELD_OF(echo, MixRoom, early_s, NUDGE, "ARWSQMENI"),
    FIELD_OF(echo, MixRoom, split, MORE, "ARWSQMENI"),
    FIELD_OF(echo_input, MixBus, layout, LAYOUT, "ARWSQMENI"),
    FIELD_OF(echo_input, MixBus, panner, PANNER, "ARWSQMENI"),
    FIELD_OF(echo_file, MixFile, sha256, DIGIT, "ARWSQMENI"),
    FIELD_OF(plain, MixLayer, has_sides_only, FLIP, "WSQMENI"),
    FIELD_OF(plain, MixLayer, panner, PANNER, "WDSQMENI"),
    /* a layer that is sent nowhere changes nothing that comes back */
    FIELD_OF(unsent, MixLayer, gain, NUDGE, "PWDQMENI"),
    FIELD_OF(unsent, MixLayer, start, MORE, "WDQMENI"),
    FIELD_OF(unsent, MixLayer, panner, PANNER, "WDQMENI"),
    FIELD_OF(unsent, MixLayer, width, NUDGE, ""), /* of one channel */
    FIELD_OF(cube, ObjectState, x, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, x_min, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, x_max, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, y_min, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, y_max, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, z_min, NUDGE, "WDQMENI"),
    FIELD_OF(cube_zone, ExclusionZone, z_max, NUDGE, "WDQMENI"),
    FIELD_OF(direct_x, BoundedValue, value, NUDGE, "WDQMENI"),
    FIELD_OF(direct_y, BoundedValue, least, NUDGE, "WDQMENI"),
    FIELD_OF(direct_z, BoundedValue, most, NUDGE, "WDQMENI"),
    FIELD_OF(direct_elevation, BoundedValue, value, NUDGE, "WDSQMENI"),
    FIELD_OF(direct_distance, BoundedValue, value, NUDGE, "WDSQMENI"),
};

/* Where no layer has a ceiling: else each of these changes what is found for it, and with that all
 * that follows. */
static const Field plain_fields[] = {
    FIELD(BusFold, input_count, LESS, "QMENI"),   FIELD(BusFold, gains, NUMBERS, "QMENI"),
    FIELD(BusFold, shifted, NUMBERS, "QMENI"),    FIELD(BusFold, shift_tap_count, MORE, "QMENI"),
    FIELD(BusFold, stem_gains, NUMBERS, "QMENI"), FIELD(BusFold, delays_samples, TIMES, "QMENI"),
    FIELD(MixBus, layout, LAYOUT, "RWDSQMENI"),   FIELD(MixBus, panner, PANNER, "RWDSQMENI"),
    FIELD(MixBus, sofa_file, MORE, "RWDSQMENI"),  FIELD(MixBus, speakers, LAYOUT, "RWDSQMENI"),
    FIELD(Mix, length_samples, LESS, "MENI"),     FIELD(MixShoebox, t60_s, NUDGE, "RWSQMENI"),
};
enum { PLAIN_FIELDS = sizeof plain_fields / sizeof *plain_fields };
enum { MORE_FIELDS = sizeof more_fields / sizeof *more_fields };

static void every_member_is_in_the_keys_of_what_it_changes(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    expect_fields(&scene.bench, scene.owners, fields, FIELDS);
    expect_fields(&scene.bench, scene.owners, more_fields, MORE_FIELDS);
    scene.bench.mix->ceiling_count = 0;
    scene.bench.plan = plan_again(&scene.bench, scene.bench.arena);
    expect_fields(&scene.bench, scene.owners, plain_fields, PLAIN_FIELDS);
    bench_close(&scene.bench);
}

/* ---- what no single member shows ---- */

enum { MAIN, PLAIN, GRID_SAMPLES = LANE_GRID_SAMPLES };

static Key prepare_key(const Scene *scene, int layer) {
    Arena *arena = arena_create();
    const Plan *plan = plan_again(&scene->bench, arena);
    const Key key = plan->tasks[plan->prepare_tasks[layer]].outputs[0];
    arena_destroy(&arena);
    return key;
}

static void move_layer(MixLayer *layer, int64_t by_samples) {
    LaneSegment *segments = (LaneSegment *)layer->lanes[0].segments;
    layer->start += by_samples;
    for (int segment = 0; segment < layer->lanes[0].segment_count; segment++) {
        segments[segment].begin += by_samples;
        segments[segment].end += by_samples;
    }
}

static void the_rate_is_in_the_key_of_every_layer(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    Mix *mix = scene.bench.mix;
    for (int layer = 0; layer < mix->layer_count; layer++) {
        const Key key = prepare_key(&scene, layer);
        mix->rate_hz++;
        assert_false(key_equal(prepare_key(&scene, layer), key));
        mix->rate_hz--;
    }
    bench_close(&scene.bench);
}

/* Lanes are straight between points of a grid that does not move with a layer. */
static void a_layer_moves_with_its_lanes_by_whole_steps_of_their_grid(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    MixLayer *layer = &scene.bench.mix->layers[PLAIN];
    layer->lanes = make_lane(&scene, LANE_GAIN, OF_LaneSegment);
    layer->lane_count = 1;
    const Key key = prepare_key(&scene, PLAIN);
    move_layer(layer, GRID_SAMPLES);
    assert_true(key_equal(prepare_key(&scene, PLAIN), key));
    move_layer(layer, 1);
    assert_false(key_equal(prepare_key(&scene, PLAIN), key));
    move_layer(layer, -1);
    layer->travel.has_doppler = true; /* how far away it is counts from the programme's begin */
    const Key passing = prepare_key(&scene, PLAIN);
    move_layer(layer, GRID_SAMPLES);
    assert_false(key_equal(prepare_key(&scene, PLAIN), passing));
    bench_close(&scene.bench);
}

static void which_filter_has_a_lane_is_in_the_key(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    MixFilter *filters = (MixFilter *)scene.bench.mix->layers[MAIN].filters;
    const Lane *one = filters[0].lane;
    const Lane *two = make_lane(&scene, LANE_TILT, OF_filter_lane);
    LaneSegment *last = scene.owners[OF_filter_lane];
    last->to += 1.0;
    filters[1].lane = two;
    const Key key = prepare_key(&scene, MAIN);
    filters[0].lane = two;
    filters[1].lane = one;
    assert_false(key_equal(prepare_key(&scene, MAIN), key));
    bench_close(&scene.bench);
}

static void which_of_two_clips_is_longer_is_in_the_key(void **state) {
    (void)state;
    Scene scene = {0};
    set_scene(&scene);
    MixClip *clips = scene.bench.mix->layers[MAIN].clips;
    clips[1].at_samples = clips[0].at_samples;
    clips[1].from_samples = clips[0].from_samples + 500;
    clips[1].length_samples = clips[0].length_samples - 1000;
    const Key key = prepare_key(&scene, MAIN);
    clips[1].length_samples += 1000;
    clips[0].length_samples -= 1000;
    assert_false(key_equal(prepare_key(&scene, MAIN), key));
    bench_close(&scene.bench);
}

static void no_member_is_left_out(void **state) {
    (void)state;
    expect_whole(fields, FIELDS, sizes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member_is_in_the_keys_of_what_it_changes),
        cmocka_unit_test(the_rate_is_in_the_key_of_every_layer),
        cmocka_unit_test(a_layer_moves_with_its_lanes_by_whole_steps_of_their_grid),
        cmocka_unit_test(which_filter_has_a_lane_is_in_the_key),
        cmocka_unit_test(which_of_two_clips_is_longer_is_in_the_key),
        cmocka_unit_test(no_member_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
