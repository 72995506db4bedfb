/* A peer of bench_convolver: SOURCE.wav (mono) with every channel of IMPULSE.wav by zita-convolver,
 * partitions of 8192, its largest, on one thread.
 *
 *     bench_zita SOURCE.wav IMPULSE.wav [OUT.f32]
 *
 * C++, as the library is; not a part of the program. Prints JSON: the CPU time of its process(). */
#include <sched.h>
#include <sndfile.h>
#include <zita-convolver.h>

#include <cstdio>
#include <cstring>
#include <ctime>
#include <vector>

static double cpu_s() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

static std::vector<float> read_all(const char *path, SF_INFO *info) {
    *info = SF_INFO{};
    SNDFILE *file = sf_open(path, SFM_READ, info);
    std::vector<float> samples;
    if (file) {
        samples.resize(static_cast<size_t>(info->frames) * static_cast<size_t>(info->channels));
        sf_readf_float(file, samples.data(), info->frames);
        sf_close(file);
    }
    return samples;
}

int main(int argc, char **argv) {
    constexpr unsigned int block = Convproc::MAXQUANT;
    SF_INFO source_info;
    SF_INFO impulse_info;
    if (argc < 3) {
        std::fprintf(stderr, "bench_zita SOURCE.wav IMPULSE.wav [OUT.f32]\n");
        return 2;
    }
    const std::vector<float> source = read_all(argv[1], &source_info);
    std::vector<float> impulse = read_all(argv[2], &impulse_info);
    const auto channels = static_cast<unsigned int>(impulse_info.channels);
    const auto length = static_cast<unsigned int>(impulse_info.frames);
    Convproc engine;
    if (source.empty() || impulse.empty() ||
        engine.configure(1, channels, length, block, block, block, 0.0F) != 0) {
        return 1;
    }
    for (unsigned int channel = 0; channel < channels; channel++) {
        engine.impdata_create(0, channel, static_cast<int>(channels), impulse.data() + channel, 0,
                              static_cast<int>(length));
    }
    engine.start_process(0, SCHED_OTHER);
    std::FILE *out = argc > 3 ? std::fopen(argv[3], "wb") : nullptr;
    std::vector<float> frames(static_cast<size_t>(block) * channels);
    double engine_s = 0;
    double sum = 0;
    for (size_t at = 0; at < source.size() + length; at += block) {
        const size_t rest = at < source.size() ? source.size() - at : 0;
        const size_t count = rest < block ? rest : block;
        std::memset(engine.inpdata(0), 0, block * sizeof(float));
        if (count > 0) {
            std::memcpy(engine.inpdata(0), source.data() + at, count * sizeof(float));
        }
        const double begin_s = cpu_s();
        engine.process();
        engine_s += cpu_s() - begin_s;
        for (unsigned int channel = 0; channel < channels; channel++) {
            const float *from = engine.outdata(channel);
            for (unsigned int sample = 0; out && sample < block; sample++) {
                frames[static_cast<size_t>(sample) * channels + channel] = from[sample];
            }
            sum += static_cast<double>(from[0]);
        }
        if (out) {
            std::fwrite(frames.data(), sizeof(float), frames.size(), out);
        }
    }
    engine.stop_process();
    if (out) {
        std::fclose(out);
    }
    std::printf("{\"engine_s\": %.6f, \"sum\": %.9g}\n", engine_s, sum);
    return 0;
}
