//go:build !race

package download

const raceDetector = false
