# Template of the formula. A tap replaces VERSION and SHA256 with the values of SHA256SUMS of the release.
class ClarityRuntime < Formula
  desc "Control plane for MCP services"
  homepage "https://www.npmjs.com/package/clarity-runtime"
  url "https://registry.npmjs.org/clarity-runtime/-/clarity-runtime-VERSION.tgz"
  sha256 "SHA256"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink Dir["#{libexec}/bin/*"]
    generate_completions_from_executable(bin/"clarityctl", "completion", shells: [:bash, :zsh, :fish])
  end

  service do
    run [opt_bin/"clarityd", "--workspace", var/"clarity-runtime"]
    keep_alive crashed: true
    log_path var/"log/clarityd.log"
    error_log_path var/"log/clarityd.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/clarityctl --version")
  end
end
