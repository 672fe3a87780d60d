// Prints yaw, pitch and roll of a face, with OpenVINO and no other library.
//
//     head_pose MODEL.onnx PICTURE.ppm [LEFT TOP RIGHT BOTTOM]
//
// The four numbers are the `crop_box` of a record (`mmfsa predict --json`). Without them the
// picture is the crop. PPM (P6) keeps this short: give bytes of your own to `crop`.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>

struct Picture { int width = 0, height = 0; std::vector<uint8_t> rgb; };
struct Tap { int first, second, weight; };  // two pixels, and 2048ths of the second one

Picture read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Picture picture;
  std::string magic, most;
  file >> magic >> picture.width >> picture.height >> most;
  picture.rgb.resize(size_t(picture.width) * picture.height * 3);
  file.ignore().read(reinterpret_cast<char*>(picture.rgb.data()), picture.rgb.size());
  if (magic != "P6" || most != "255" || !file)
    throw std::runtime_error(path + " is no PPM file (P6) of 8 bits, or is cut");
  return picture;
}

// Where cv::resize (bilinear) reads. Beyond the picture its edge is repeated.
std::vector<Tap> taps(int start, int length, int size, int limit) {
  auto inside = [=](int i) { return std::min(std::max(start + i, 0), limit - 1); };
  std::vector<Tap> result;
  for (int i = 0; i < size; i++) {
    float at = std::min(std::max(float((i + 0.5) * length / size - 0.5), 0.f), length - 1.f);
    int index = int(at), next = std::min(index + 1, length - 1);
    result.push_back({inside(index), inside(next), int(std::lrint((at - index) * 2048))});
  }
  return result;
}

// A box of the picture as planes B, G, R of `side` pixels, computed as cv::resize does. Each
// pixel is the mean of `samples` x `samples`: of 2x2 where the input spec says `supersampled`.
void crop(const Picture& picture, const int* box, int side, int samples, float* planes) {
  auto columns = taps(box[0], box[2] - box[0], samples * side, picture.width);
  auto rows = taps(box[1], box[3] - box[1], samples * side, picture.height);
  for (int channel = 2; channel >= 0; channel--)
    for (int pixel = 0; pixel < side * side; pixel++) {
      int sum = samples * samples / 2;  // so that the division rounds
      for (int i = 0; i < samples * samples; i++) {
        auto [above, below, wy] = rows[pixel / side * samples + i / samples];
        auto [left, right, wx] = columns[pixel % side * samples + i % samples];
        auto* up = &picture.rgb[size_t(above) * picture.width * 3 + channel];
        auto* down = &picture.rgb[size_t(below) * picture.width * 3 + channel];
        int upper = (up[3 * left] * (2048 - wx) + up[3 * right] * wx) >> 4;
        int lower = (down[3 * left] * (2048 - wx) + down[3 * right] * wx) >> 4;
        sum += (((upper * (2048 - wy)) >> 16) + ((lower * wy) >> 16) + 2) >> 2;
      }
      *planes++ = float(sum / (samples * samples));
    }
}

int main(int count, char** values) try {
  if (count != 3 && count != 7) throw std::runtime_error("give MODEL.onnx PICTURE.ppm [BOX]");
  Picture picture = read(values[2]);
  int box[4] = {0, 0, picture.width, picture.height};
  for (int i = 3; i < count; i++) box[i - 3] = std::stoi(values[i]);
  if (box[0] >= box[2] || box[1] >= box[3]) throw std::runtime_error("the box is empty");
  auto precision = ov::hint::inference_precision(ov::element::f32);  // some CPUs would take less
  auto model = ov::Core().read_model(values[1]);
  auto inputs = model->get_rt_info<std::string>("framework", "mmfsa.inputs");  // JSON
  auto network = ov::Core().compile_model(model, "CPU", precision);
  auto side = size_t(network.input().get_partial_shape()[2].get_length());
  bool resized = box[2] - box[0] != int(side) || box[3] - box[1] != int(side);
  int samples = resized && inputs.find("supersampled") != std::string::npos ? 2 : 1;
  ov::Tensor images(ov::element::f32, {1, 3, side, side});
  crop(picture, box, int(side), samples, images.data<float>());
  auto request = network.create_infer_request();
  request.set_input_tensor(images);
  request.infer();
  const float* pose = request.get_tensor("pose").data<float>();
  std::printf("yaw %.3f, pitch %.3f, roll %.3f\n", pose[0], pose[1], pose[2]);
} catch (const std::exception& error) {
  std::fprintf(stderr, "error: %s\n", error.what());
  return 1;
}
